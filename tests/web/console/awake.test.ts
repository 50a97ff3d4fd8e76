import { afterEach, expect, test, vi } from 'vitest';
import { effectScope } from 'vue';
import { keepAwake, LOOK_EVERY_MS } from '../../../hall_server/web/console/awake';

afterEach(() => vi.useRealTimers());

test('a clerk at an open window is not idle; one who has left is', () => {
  vi.useFakeTimers();
  let atWork = true;
  const touch = vi.fn(() => Promise.reject(new Error('the line is lost')));
  const scope = effectScope();
  scope.run(() => keepAwake(() => atWork, touch));
  vi.advanceTimersByTime(3 * LOOK_EVERY_MS);
  expect(touch).toHaveBeenCalledTimes(3);
  atWork = false;
  vi.advanceTimersByTime(2 * LOOK_EVERY_MS);
  expect(touch).toHaveBeenCalledTimes(3);
  atWork = true;
  scope.stop();
  vi.advanceTimersByTime(2 * LOOK_EVERY_MS);
  expect(touch).toHaveBeenCalledTimes(3);
});

// What people call a station or a device, beside the name that the hall knows it by.
import type { HallFacts } from '@shared/contract';
import { findById } from '@shared/picture';
import { named, type Say } from '@shared/words';
import type { MonitorKey } from './words';

/** 取号机 kiosk-1 */
export function stationName(say: Say<MonitorKey>, stationId: string, role: string): string {
  const isKnown = role === 'kiosk' || role === 'display' || role === 'monitor';
  return isKnown ? `${say(`station.${role}`)} ${stationId}` : stationId;
}

/** 3 号窗口条屏, as the facts name what it carries; a printer by its kind. */
export function deviceName(say: Say<MonitorKey>, facts: HallFacts, deviceId: string): string {
  const carried = facts.displays.find(({ device }) => device === deviceId);
  if (carried && named(carried.name)) return named(carried.name);
  const isPrinter = findById(facts.devices, deviceId)?.kind === 'escpos';
  return isPrinter ? `${say('device.printer')} ${deviceId}` : deviceId;
}

// What the page knows from its station, and the one press that may be under way.
import { computed, ref, shallowRef } from 'vue';
import type { HallFacts, ItemFact, ItemForecast } from '@shared/contract';
import { HallClock } from '@shared/clock';
import { newRequestId, RefusedByHall } from '@shared/refused';
import { language } from '@shared/words';
import { version } from '../../package.json';
import { go, screen, session } from './journey';
import * as station from './station';
import type { KioskState, Outcome } from './station';

const BEAT_MS = 5_000;
const FACTS_AGAIN_MS = 2_000;

const state = shallowRef<KioskState>();
const known = shallowRef<station.KioskFacts>();
const stationLost = ref(false);
const clock = new HallClock();

export const now = ref(Date.now());
export const facts = computed<HallFacts | undefined>(() => known.value?.facts);
export const kiosk = computed(() => state.value);
export const isStationLost = computed(() => stationLost.value);
export const isUp = computed(() => !stationLost.value && state.value?.link === 'up');
export const forecasts = computed(
  () => new Map(isUp.value ? (state.value?.forecasts ?? []).map((one) => [one.item_id, one]) : []),
);

/** The press under way or just answered; the result screen shows it. */
export const outcome = shallowRef<Outcome>();
export const isTaking = ref(false);
const recoveredSeen = new Set<string>();

export function start(): void {
  station.follow(takeIn, () => (stationLost.value = true));
  setInterval(() => (now.value = clock.now()), 500);
  setInterval(() => void station.beat(screen.value.name, version).catch(() => undefined), BEAT_MS);
}

function takeIn(next: KioskState): void {
  stationLost.value = false;
  clock.set(next.at, next.clock_rate);
  now.value = clock.now();
  state.value = next;
  if (next.version !== version && screen.value.name === 'home') {
    reloadOnce(next.version);
  }
  if (next.facts_version >= 0 && next.facts_version !== known.value?.version) void readFacts();
  follow(next.outcomes);
}

/** A newer station brought a newer page. Once only: a page that stays old must not flicker. */
function reloadOnce(wanted: string): void {
  if (sessionStorage.getItem('reloaded') === wanted) return;
  sessionStorage.setItem('reloaded', wanted);
  location.reload();
}

async function readFacts(): Promise<void> {
  try {
    known.value = await station.readFacts();
  } catch {
    setTimeout(() => void readFacts(), FACTS_AGAIN_MS);
  }
}

function follow(outcomes: readonly Outcome[]): void {
  const mine = outcomes.find(({ press_id }) => press_id === outcome.value?.press_id);
  if (mine) outcome.value = mine;
  else if (outcome.value?.state === 'pending' && !isTaking.value) void askAgain();
  const found = outcomes.find(
    ({ recovered, state, press_id }) =>
      recovered && state === 'issued' && !recoveredSeen.has(press_id),
  );
  if (!found) return;
  recoveredSeen.add(found.press_id);
  if (mine !== found && screen.value.name !== 'home') return;
  outcome.value = found;
  if (screen.value.name !== 'result') go({ name: 'result' });
}

// The choice whose press is under way. Touched twice, or tried again after a failure, it is the
// same press and gets the same number.
let choice: station.Choice | undefined;

/** An item whose number waits for an identity card, where the hall asks for one. */
export const cardFor = shallowRef<ItemFact>();

/** 取号. */
export async function take(item: ItemFact): Promise<void> {
  if (isTaking.value) return;
  if (facts.value?.queueing.card_at_kiosk) cardFor.value = item;
  else await takeAs(item, '');
}

/** 取号, for whoever laid this card on the reader; for anybody without one. */
export async function takeAs(item: ItemFact, card_id: string): Promise<void> {
  if (isTaking.value) return;
  choice = {
    press_id: newRequestId(),
    item_id: item.id,
    priority_id: session.priority,
    language: language.value,
    card_id,
  };
  outcome.value = undefined;
  await askAgain();
  if (screen.value.name !== 'result') go({ name: 'result' });
}

/** Quick paper is out before the answer to the press is here: what was told meanwhile is newer. */
function newest(answer: Outcome): Outcome {
  const told = state.value?.outcomes.find(
    ({ press_id, state: of, copy }) =>
      press_id === answer.press_id && of === 'issued' && copy === answer.copy,
  );
  return told ?? answer;
}

async function askAgain(): Promise<void> {
  const asked = choice;
  if (!asked || isTaking.value) return;
  isTaking.value = true;
  try {
    outcome.value = newest(await station.take(asked));
  } catch (error) {
    outcome.value = asOutcome(error, asked.press_id);
  } finally {
    isTaking.value = false;
  }
}

/** An answer that came by another road: an appointment that was kept. */
export function showOutcome(answer: Outcome): void {
  outcome.value = newest(answer);
  if (screen.value.name !== 'result') go({ name: 'result' });
}

/** The citizen leaves the result; a press still open is the station's to finish. */
export function putAway(): void {
  choice = undefined;
  cardFor.value = undefined;
  outcome.value = undefined;
}

/** The station refused, or did not answer: then only it can tell what became of the press. */
function asOutcome(error: unknown, press_id: string): Outcome {
  const refused = error instanceof RefusedByHall ? error.refused : null;
  return {
    press_id,
    state: refused ? 'refused' : 'pending',
    refused,
    paper: 'none',
    label: '',
    item_id: '',
    queue_id: '',
    priority_id: '',
    taken_at: 0,
    people_ahead: 0,
    wait_low_minutes: 0,
    wait_high_minutes: 0,
    copy: 0,
    code: [],
    recovered: false,
  };
}

export async function reprint(): Promise<void> {
  const shown = outcome.value;
  if (!shown) return;
  outcome.value = { ...shown, paper: 'printing' };
  try {
    outcome.value = newest(await station.reprint(shown.press_id));
  } catch {
    outcome.value = { ...shown, paper: 'failed' };
  }
}

export function forecastOf(item: ItemFact): ItemForecast | undefined {
  return forecasts.value.get(item.id);
}

export function canTake(item: ItemFact): boolean {
  return item.queue !== '' && forecastOf(item)?.open === true;
}

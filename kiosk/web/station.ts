// What the page and its station say to each other; the Python side is kiosk/messages.py.
import type { FollowView, HallFacts, Health, ItemForecast, Refused } from '@shared/contract';
import { HallAway, newRequestId, RefusedByHall } from '@shared/refused';

export type LinkState = 'starting' | 'not_enrolled' | 'up' | 'lost' | 'refused' | 'too_old';
export type PressState = 'issued' | 'refused' | 'pending';
export type ScanKind = 'place' | 'check_in' | 'unknown';
export type CardState = 'read' | 'unreadable';
export type PaperState = 'none' | 'printing' | 'printed' | 'uncertain' | 'failed' | 'retracted';

export interface Outcome {
  press_id: string;
  state: PressState;
  paper: PaperState;
  label: string;
  item_id: string;
  queue_id: string;
  priority_id: string;
  taken_at: number;
  people_ahead: number;
  wait_low_minutes: number;
  wait_high_minutes: number;
  copy: number;
  /** The ticket's QR as rows of 0 and 1. */
  code: string[];
  refused: Refused | null;
  /** Found again after a failure: shown unasked. */
  recovered: boolean;
}

export interface ScanOutcome {
  press_id: string;
  kind: ScanKind;
  place: FollowView | null;
  outcome: Outcome | null;
  refused: Refused | null;
}

export interface CardShown {
  card_id: string;
  state: CardState;
  /** Masked: a screen in public shows no more. */
  name: string;
  number: string;
}

export interface Scan {
  scan_id: string;
  text: string;
}

export interface PrinterView {
  present: boolean;
  health: Health;
  codes: string[];
}

export interface KioskState {
  station_id: string;
  version: string;
  link: LinkState;
  link_zh: string;
  link_en: string;
  at: number;
  clock_rate: number;
  day: string;
  facts_version: number;
  forecasts: ItemForecast[];
  printer: PrinterView;
  reads_cards: boolean;
  card: CardShown | null;
  scan: Scan | null;
  outcomes: Outcome[];
}

export interface KioskFacts {
  version: number;
  facts: HallFacts;
}

const ANSWER_MS = 15_000;
const AGAIN_MS = 1_000;
/** The station sends a sign of life every five seconds. */
const SILENT_MS = 15_000;
const PATIENCE_MS = 3_000;

async function answer<A>(path: string, body?: object): Promise<A> {
  let response: Response;
  let told: unknown;
  const post = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
  try {
    response = await fetch(path, {
      ...(body ? { ...post, body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    told = await response.json();
  } catch {
    throw new HallAway();
  }
  if (response.ok) return told as A;
  throw new RefusedByHall(told as Refused);
}

export interface Choice {
  press_id: string;
  item_id: string;
  priority_id: string;
  language: string;
  card_id: string;
}

/** 取号. The station keeps the press; a repeat of the same press gets the same number. */
export const take = (choice: Choice) => answer<Outcome>('/api/take', choice);
export const scan = (code: { press_id: string; text: string; language: string }) =>
  answer<ScanOutcome>('/api/scan', code);
export const reprint = (press_id: string) => answer<Outcome>('/api/reprint', { press_id });
export const readFacts = () => answer<KioskFacts>('/api/facts');
export const readState = () => answer<KioskState>('/api/state');

export const printGuide = (item_id: string, language: string) =>
  answer<{ press_id: string; paper: PaperState }>('/api/print_guide', {
    press_id: newRequestId(),
    item_id,
    language,
  });

export const callStaff = () =>
  answer<{ told: boolean }>('/api/help', { press_id: newRequestId() }).then(({ told }) => told);

export const beat = (screen: string, version: string) =>
  answer<null>('/api/heartbeat', { screen, version });

/** Follow the station's state for ever; `onState` gets each picture, `onLost` that it fell silent. */
export function follow(onState: (state: KioskState) => void, onLost: () => void): void {
  let source: EventSource;
  let silent = 0;
  let patience = 0;

  function heard(): void {
    clearTimeout(silent);
    clearTimeout(patience);
    patience = 0;
    silent = window.setTimeout(again, SILENT_MS);
  }
  function again(): void {
    clearTimeout(silent);
    source.close();
    // A station that is started anew is back within a moment: no alarm for that.
    patience ||= window.setTimeout(onLost, PATIENCE_MS);
    setTimeout(open, AGAIN_MS);
  }
  function open(): void {
    source = new EventSource('/api/events');
    source.onmessage = ({ data }) => {
      heard();
      onState(JSON.parse(data as string) as KioskState);
    };
    source.addEventListener('alive', heard);
    source.onerror = again;
    silent = window.setTimeout(again, SILENT_MS);
  }
  open();
}

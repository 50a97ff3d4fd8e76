// Written by `python -m hall_server.documents` from hall_server/contract; do not edit.

/** The release these pages were built with; the hall turns away one that is too old. */
export const VERSION: string = '0.1.0';

/** A number the hall gives or takes; always whole. */
export type Whole = number;

/** A request to change something. */
export interface Ask {
  request_id: string;
}

/** A request to see something; it may be repeated freely. */
export interface Read {
}

/** What an accepted ask gives back: only what the sender needs to name what it made. */
export interface Answer {
}

/** The ask was carried out as the events up to `seq` tell. */
export interface Accepted extends Answer {
  seq: Whole;
}

/** The ask was not carried out and nothing changed. */
export interface Refused {
  /** Stable for programs, such as `window_busy`. */
  code: string;
  zh: string;
  en: string;
  /** Where a badly formed message went wrong, such as `$.item_id`. */
  field: string;
}

/** Something that has happened and stands in the ledger. */
export interface Event {
  /** Place in the ledger, the only order there is; given when it is recorded. */
  seq: Whole;
  /** UTC milliseconds on the hall's clock. */
  at: Whole;
  /**
   * Who did it: `staff:…`, `station:…`, `device:…`, `public`, `hall`; at the hall's
   * own machine `console:…` with the name of the system's user.
   *
   * `device:…` is a pad at a window, pressed for the clerk who has that window open.
   */
  actor: string;
}

/** One record of a kind; `id` is its name for machines. */
export interface Fact {
  id: string;
}

/** A text for people: Chinese always, English where it is known. */
export interface Words {
  zh: string;
  en: string;
}

/** The hall itself (站点). Exactly one per installation. */
export interface Site extends Fact {
  name: Words;
  /** GB/T 2260 code of the administrative division. */
  area_code: string;
  address: Words;
  phone: string;
  complaint_phone: string;
  /** What a ticket's QR begins with; empty: the hall server's own address. */
  public_url: string;
  /** China has one zone without summer time: UTC+8. */
  utc_offset_minutes: Whole;
}

/** A part of the hall that hears one loudspeaker (区域). */
export interface Zone extends Fact {
  name: Words;
  floor: Whole;
  order: Whole;
}

/** A unit that has sent staff to the hall (进驻部门). */
export interface Department extends Fact {
  name: Words;
  order: Whole;
}

/** A waiting line (业务队列) with its own number series. */
export interface QueueFact extends Fact {
  name: Words;
  /** Letter before the number; queues may share a series and so its counter. */
  series: string;
  /** Where its citizens are asked to wait. */
  zone: string;
  /** Tickets a day; 0 means without limit. */
  day_limit: Whole;
  /** Expected service time until the hall has measured its own. */
  service_minutes: Whole;
  order: Whole;
}

/** A window (窗口) and the queues it serves; many windows may serve many queues. */
export interface WindowFact extends Fact {
  number: Whole;
  name: Words;
  zone: string;
  department: string;
  queues: string[];
  /** Calling rules tried in this order before the longest effective wait decides. */
  rules: string[];
  /** Keys of a numeric keypad at this window's console; none: the usual ones. */
  keypad: KeypadKey[];
}

/** Case type of an item (办件类型); the local sets differ, these are the usual five. */
export type ItemKind =
  | 'immediate'
  | 'promised'
  | 'joint'
  | 'forwarded'
  | 'returned';

/** Unit of a time limit; working days follow the statutory calendar. */
export type LimitUnit =
  | 'on_the_spot'
  | 'hour'
  | 'working_day'
  | 'calendar_day';

/** One document an applicant brings (GB/T 39046-2020 table 4). */
export interface Material {
  name: Words;
  originals: Whole;
  copies: Whole;
  required: boolean;
  note: Words;
}

/** A service item (事项) with its guide (办事指南). */
export interface ItemFact extends Fact {
  name: Words;
  department: string;
  /** Queue that takes its tickets; empty: shown as a guide, no ticket. */
  queue: string;
  kind: ItemKind;
  legal_limit: Whole;
  legal_limit_unit: LimitUnit;
  promise: Whole;
  promise_unit: LimitUnit;
  fee: Words;
  fee_basis: Words;
  basis: Words;
  conditions: Words[];
  materials: Material[];
  steps: Words[];
  phone: string;
  day_limit: Whole;
  hidden: boolean;
  /** True where the text is made up for demonstration; pages then say 示例. */
  sample: boolean;
  order: Whole;
}

/** A priority class (优先): its tickets count as having waited longer by `lead_minutes`. */
export interface PriorityFact extends Fact {
  name: Words;
  lead_minutes: Whole;
  /** Whether the citizen may choose it on the kiosk; otherwise only a clerk grants it. */
  kiosk: boolean;
  /** Short sign printed and shown beside the number, such as 优. */
  mark: string;
  order: Whole;
}

/** What a calling rule looks at. */
export type RuleKind =
  /** WHEN the longest wait in `queues` exceeds `minutes` THEN call from them. */
  | 'longest_wait'
  /** WHEN at least `count` wait in `queues` THEN call from them. */
  | 'waiting_count'
  /** WHEN someone of the `priorities` waits THEN call that class first. */
  | 'priority'
  /** Of every `first + second` calls, `first` go to `queues`, `second` to the rest. */
  | 'ratio';

/** A calling rule (叫号规则): WHEN something THEN call from somewhere. */
export interface RuleFact extends Fact {
  name: Words;
  kind: RuleKind;
  queues: string[];
  priorities: string[];
  minutes: Whole;
  count: Whole;
  first: Whole;
  second: Whole;
}

/** The numbers behind refusals at the window. One record, id `queueing`. */
export interface QueueingRules extends Fact {
  recall_gap_s: Whole;
  recall_limit: Whole;
  /** A citizen is only a no-show after this many calls … */
  miss_after_calls: Whole;
  /** … and this long after the first of them: a guard against the hasty press. */
  miss_after_s: Whole;
  bring_back_limit: Whole;
  /** A citizen brought back waits behind this many others; 0 keeps the old place. */
  bring_back_places: Whole;
  hold_limit_minutes: Whole;
  holds_per_window: Whole;
  move_back_limit: Whole;
  /** Nobody is overtaken more often than this (the starvation bound). */
  overtake_limit: Whole;
  appointment_early_minutes: Whole;
  appointment_late_minutes: Whole;
  /** Priority class of a citizen who comes at the appointed time. */
  appointment_priority: string;
  /** Tickets are given this long before each opening, to those who come early. */
  start_before_open_minutes: Whole;
  /** Tickets stop this long before the last closing time of the day … */
  stop_before_close_minutes: Whole;
  /** … or when the forecast says that the newcomer would not be served any more. */
  stop_when_full: boolean;
  /** Live tickets one identified person may hold in a queue; 0: not limited. */
  tickets_per_person: Whole;
  /** A kiosk gives a number only to an identity card (实名取号); clerks give them to anybody. */
  card_at_kiosk: boolean;
  /** A citizen may rate for so long after their service has ended. */
  rating_within_s: Whole;
}

/** Which act a reason belongs to. */
export type ReasonKind =
  | 'pause'
  | 'hold'
  | 'choose'
  | 'cancel'
  | 'transfer'
  /** How a service ended (受理, 办结, 一次性告知…). */
  | 'outcome';

/** A reason a clerk picks from a list. */
export interface ReasonFact extends Fact {
  kind: ReasonKind;
  name: Words;
  order: Whole;
}

/** A member of staff as the public sees them (亮证挂牌). Accounts are kept apart. */
export interface StaffFact extends Fact {
  staff_number: string;
  name: string;
  department: string;
  title: Words;
  /** Shown as 党员先锋岗 on the window screen. */
  party_member: boolean;
  /** Name of an uploaded picture (its SHA-256). */
  photo: string;
  sample: boolean;
}

/** Opening hours from `start` to before `end` on `weekdays` (1 Monday … 7 Sunday). */
export interface Span {
  weekdays: Whole[];
  start: string;
  end: string;
}

/** A day that differs: closed when `spans` is empty (its `weekdays` are ignored). */
export interface OpeningException {
  day: string;
  reason: Words;
  spans: Span[];
}

/** Opening calendar of the hall (开放日历). One record, id `hall`. */
export interface OpeningFact extends Fact {
  spans: Span[];
  exceptions: OpeningException[];
  /** Extra days on which the hall opens though the week says closed (集市日). */
  market_days: string[];
  market_spans: Span[];
  /** Demonstration and tests: tickets at any hour. */
  always_open: boolean;
}

/** A text on walls and paper: `marquee`, `ticket_footer`, `hints`, `kiosk_notice`. */
export interface TextFact extends Fact {
  text: Words;
}

/** One page inside an enquiry category. */
export interface Article {
  title: Words;
  body: string;
  body_en: string;
  sample: boolean;
}

/** One of the enquiry categories on the touch screen (触摸屏十大项). */
export interface CategoryFact extends Fact {
  name: Words;
  icon: string;
  order: Whole;
  articles: Article[];
}

/** Everything stated about one hall: the shape of a profile, an export and an import. */
export interface HallFacts {
  site: Site;
  queueing: QueueingRules;
  opening: OpeningFact;
  zones: Zone[];
  departments: Department[];
  queues: QueueFact[];
  windows: WindowFact[];
  items: ItemFact[];
  priorities: PriorityFact[];
  rules: RuleFact[];
  reasons: ReasonFact[];
  staff: StaffFact[];
  displays: DisplayFact[];
  devices: DeviceFact[];
  texts: TextFact[];
  categories: CategoryFact[];
}

/** What a key at a window means, on a call pad (呼叫器) or a numeric keypad. */
export type PadKey =
  | 'call_next'
  | 'recall'
  | 'start'
  | 'finish'
  | 'miss'
  /** Pauses with the first of the pause reasons; pressed again, the window goes on. */
  | 'pause'
  | 'resume';

/** One key of a USB numeric keypad (数字小键盘) at a window's console. */
export interface KeypadKey {
  key: string;
  means: PadKey;
}

/** What a display is. */
export type DisplayKind =
  | 'wall'
  | 'window'
  | 'guide'
  | 'bar'
  | 'voice';

/** What a loudspeaker can speak; the last four only where a recorded pack is installed. */
export type VoiceLanguage =
  | 'zh'
  | 'en'
  | 'prk'
  | 'tdd'
  | 'lhu'
  | 'blr';

/** A screen, bar or loudspeaker (显示): what it shows, and for which zones or window. */
export interface DisplayFact extends Fact {
  kind: DisplayKind;
  name: Words;
  /** Zones it shows or speaks for; empty: all. */
  zones: string[];
  window: string;
  /** Device that carries a bar. */
  device: string;
  width: Whole;
  height: Whole;
  /** How often an announcement is spoken. */
  repeat: Whole;
  /** Languages of a loudspeaker, spoken in this order; the first is the one that is recorded. */
  languages: VoiceLanguage[];
  /** Display station that owns a loudspeaker; empty: every display station with a page for it. */
  station: string;
}

/** A device (设备) and the station that owns its cable. */
export interface DeviceFact extends Fact {
  /** Driver, such as `escpos`, `bx-k` or `call-pad`; see drivers/README.md. */
  kind: string;
  station: string;
  /** Where it is: `tcp://192.168.1.63:5005`, `serial:///dev/…?baud=9600`, `null:`. */
  url: string;
  /** Window at which a pad or a ticket printer stands. */
  window: string;
  options: Record<string, string | Whole>;
}

/** Where a leg stands; the table in `queueing/rules.py` says how it moves. */
export type LegState =
  | 'booked'
  | 'waiting'
  | 'called'
  | 'serving'
  | 'held'
  | 'served'
  | 'transferred'
  | 'no_show'
  | 'cancelled'
  | 'unserved';

/** What a window declares of itself; whether it is serving is told by its leg. */
export type WindowState =
  | 'closed'
  | 'open'
  | 'paused';

/** Why this leg was called and not another. */
export type CallMode =
  | 'next'
  | 'chosen';

/** Which step of the policy decided a call. */
export type CallStep =
  /** Overtaken as often as the hall allows. */
  | 'bound'
  /** Transferred to this window or its clerk. */
  | 'reserved'
  /** One of the window's calling rules. */
  | 'rule'
  /** The longest effective wait. */
  | 'wait'
  /** A person, with a reason. */
  | 'chosen';

/** Where a transferred leg waits in its new line. */
export type Place =
  | 'first'
  | 'keep'
  | 'last';

/** Open the service day; numbers begin anew. */
export interface DayOpen extends Ask {
}

/** Close the service day; whoever still waits becomes unserved (未办). */
export interface DayClose extends Ask {
  /** Services still running end as served; without it they stand in the way. */
  finish_serving?: boolean;
}

/** Take a ticket (取号) for an item. */
export interface TicketTake extends Ask {
  item_id: string;
  priority_id?: string;
  /** Keyed hash of an identity read by the kiosk, never the number itself; may be empty. */
  person?: string;
  language?: string;
}

/** Book an item for a time today or later (预约). */
export interface AppointmentBook extends Ask {
  item_id: string;
  day: string;
  at_ms: Whole;
  person?: string;
}

/** Give an appointment back before the citizen has come (取消预约). */
export interface AppointmentCancel extends Ask {
  code: string;
  reason_id?: string;
  note?: string;
}

/** Come for an appointment (签到): the booking becomes a waiting ticket. */
export interface TicketCheckIn extends Ask {
  code: string;
}

/** Call whoever is next for this window (顺呼). */
export interface TicketCallNext extends Ask {
  window_id: string;
}

/** Call a chosen leg out of turn (选呼); the reason is recorded. */
export interface TicketCall extends Ask {
  window_id: string;
  leg_id: Whole;
  reason_id: string;
  note?: string;
}

/** An act on one leg; `version` is the one the sender saw, 0 to act on any. */
export interface LegAsk extends Ask {
  leg_id: Whole;
  version?: Whole;
}

/** Call the same citizen again (重呼). */
export interface TicketRecall extends LegAsk {
}

/** The citizen has come: service begins (开始办理). */
export interface TicketStart extends LegAsk {
}

/** Service ends (办结) with an outcome. */
export interface TicketFinish extends LegAsk {
  outcome_id?: string;
  note?: string;
}

/** The called citizen did not come (过号). */
export interface TicketMiss extends LegAsk {
}

/** A citizen who was missed is here again (恢复). */
export interface TicketBringBack extends LegAsk {
}

/** Set a service aside (挂起), the window becomes free. */
export interface TicketHold extends LegAsk {
  reason_id: string;
  note?: string;
}

/** Take a held service up again at a window, or send it back to wait when `to_queue`. */
export interface TicketResume extends LegAsk {
  window_id?: string;
  to_queue?: boolean;
}

/** Send the citizen on (转移) to a queue, a window or a person. */
export interface TicketTransfer extends LegAsk {
  queue_id?: string;
  window_id?: string;
  staff_id?: string;
  /** Another item for the new leg; empty keeps the present one. */
  item_id?: string;
  place?: Place;
  /** When the new leg is served, the citizen waits first at this window again (转回). */
  return_after?: boolean;
  reason_id?: string;
  note?: string;
}

/** Let the citizen wait behind `places` others (延后). */
export interface TicketMoveBack extends LegAsk {
  places: Whole;
}

/** A further item on the same number (一票多办): another leg. */
export interface TicketAddItem extends Ask {
  ticket_id: Whole;
  item_id: string;
  /** The window that is serving the citizen takes this item next itself. */
  here?: boolean;
}

/** Serve somebody who took no ticket (直接办理). */
export interface TicketServeDirect extends Ask {
  window_id: string;
  item_id: string;
}

/** Void a ticket before service (作废): whatever of it waits or has been called. */
export interface TicketCancel extends Ask {
  ticket_id: Whole;
  /** Only this leg; 0 for all that are not in service yet. */
  leg_id?: Whole;
  reason_id?: string;
  note?: string;
}

/** Print the same number again, marked 补打. */
export interface TicketReprint extends Ask {
  ticket_id: Whole;
}

/** What became of a paper. */
export type PrintState =
  | 'queued'
  | 'sent'
  | 'confirmed'
  | 'uncertain'
  | 'failed';

/** A station tells what became of a print job; `confirmed` only by the printer's own word. */
export interface PrintReport extends Ask {
  job_id: Whole;
  state: PrintState;
  reason?: string;
}

/** A clerk takes a seat at a window (上岗). */
export interface WindowOpen extends Ask {
  window_id: string;
}

/** The clerk leaves the window (离岗). */
export interface WindowClose extends Ask {
  window_id: string;
}

/** The window stops calling for a while (暂停), with a reason. */
export interface WindowPause extends Ask {
  window_id: string;
  reason_id: string;
  note?: string;
}

/** The window goes on (恢复服务). */
export interface WindowResume extends Ask {
  window_id: string;
}

/**
 * A key of a call pad (呼叫器) was pressed: the same as its click in the window's console.
 *
 * The hall acts for the clerk who has the pad's window open; nobody else can be meant. A press at
 * a closed window is refused.
 */
export interface PadPress extends Ask {
  device_id: string;
  key: PadKey;
}

/** All that a paper and a screen need to give a citizen their number. */
export interface TicketSlip extends Answer {
  seq: Whole;
  ticket_id: Whole;
  leg_id: Whole;
  /** Print job of the paper; 0 when nobody prints. */
  job_id: Whole;
  label: string;
  item_id: string;
  queue_id: string;
  priority_id: string;
  taken_at: Whole;
  people_ahead: Whole;
  wait_low_minutes: Whole;
  /** -1 where nobody can say: no clerk sits at a window of the queue. */
  wait_high_minutes: Whole;
  /** 0 the first paper, n the n-th 补打. */
  copy: Whole;
  /** What the QR holds: follow page and signed promise. */
  follow_url: string;
  /** The citizen's, as chosen when the number was taken. */
  language: string;
}

/** The leg an act made or moved. */
export interface LegNamed extends Answer {
  seq: Whole;
  ticket_id: Whole;
  leg_id: Whole;
  label: string;
}

/** What a pad can show of an accepted press. */
export interface PadAnswer extends Answer {
  seq: Whole;
  /** Number the press called or moved; empty where none was. */
  label: string;
  /** How the window stands after it. */
  window_state: WindowState;
}

/** An appointment's code, shown or sent to the citizen. */
export interface Booked extends Answer {
  seq: Whole;
  code: string;
}

/** Where the holder of a follow code stands. */
export interface TicketFollow extends Read {
  code: string;
}

/** What a citizen sees on the phone; nothing personal, and all the names a page needs. */
export interface FollowView extends Answer {
  /** The hall's clock. */
  at: Whole;
  utc_offset_minutes: Whole;
  site: Words;
  item: Words;
  /** Where to wait, or where the window is; empty when unknown. */
  zone: Words;
  floor: Whole;
  label: string;
  state: LegState;
  /** False where no window serves this queue any more, so that nobody can call the ticket. */
  has_window: boolean;
  item_id: string;
  queue_id: string;
  /** 0 until called. */
  window_number: Whole;
  people_ahead: Whole;
  wait_low_minutes: Whole;
  /** -1 where nobody can say: no clerk sits at a window of the queue. */
  wait_high_minutes: Whole;
  taken_at: Whole;
  taken_seq: Whole;
  /** The ledger's leaf at `taken_seq` equals the one the paper promised. */
  in_ledger: boolean;
  checkpoint: string;
}

/** People ahead and waiting range of every item that gives tickets, as of now. */
export interface ForecastRead extends Read {
}

/** The key with which kiosks turn identity numbers into hashes (`person` of a ticket). */
export interface PersonKeyRead extends Read {
}

/** One service day's key; the hall erases it when the day closes, and with it every meaning. */
export interface PersonKey extends Answer {
  /** Empty while no day is open. */
  day: string;
  /** Hexadecimal; empty while there is none. */
  key: string;
}

/** What a newcomer for one item would meet. */
export interface ItemForecast extends Answer {
  item_id: string;
  queue_id: string;
  /** Whether a ticket can be taken now. */
  open: boolean;
  /** Code of why not, empty when open. */
  refusal: string;
  people_ahead: Whole;
  wait_low_minutes: Whole;
  /** -1 where nobody can say: no clerk sits at a window of the queue. */
  wait_high_minutes: Whole;
}

/** The forecast of every item. */
export interface Forecasts extends Answer {
  items: ItemForecast[];
}

/**
 * What a paper that somebody else ordered shall say, for the station that is to print it now.
 *
 * Refused once its state has been reported or its time is over: no paper comes twice or too late.
 */
export interface PrintRead extends Read {
  job_id: Whole;
}

/** A service day began. */
export interface DayOpened extends Event {
  type: 'day.opened';
  day: string;
  /** It had been closed and goes on; whoever wants its earlier numbers must read again. */
  again: boolean;
}

/** A service day ended with so many unserved. */
export interface DayClosed extends Event {
  type: 'day.closed';
  day: string;
  unserved: Whole;
}

/** An appointment was cancelled, or its citizen had not come when the day closed. */
export interface AppointmentEnded extends Event {
  type: 'appointment.ended';
  appointment_id: Whole;
  item_id: string;
  queue_id: string;
  state: LegState;
  reason_id: string;
  note: string;
}

/**
 * Something happened to a leg.
 *
 * Where an event puts a leg into a line it says where: `place` and then `place_tie`, both
 * smallest first.
 */
export interface LegEvent extends Event {
  ticket_id: Whole;
  leg_id: Whole;
  version: Whole;
  label: string;
  queue_id: string;
  item_id: string;
}

/** An appointment was made. */
export interface AppointmentBooked extends Event {
  type: 'appointment.booked';
  appointment_id: Whole;
  item_id: string;
  queue_id: string;
  day: string;
  due_at: Whole;
}

/** A number was issued, or an appointment checked in. */
export interface TicketTaken extends LegEvent {
  type: 'ticket.taken';
  day: string;
  priority_id: string;
  station_id: string;
  appointment_id: Whole;
  people_ahead: Whole;
  wait_low_minutes: Whole;
  /** -1 where nobody can say: no clerk sits at a window of the queue. */
  wait_high_minutes: Whole;
  waiting_since: Whole;
  place: Whole;
  place_tie: Whole;
}

/** A further leg waits on the same number. */
export interface ItemAdded extends LegEvent {
  type: 'ticket.item_added';
  /** The leg that led to it; 0 when asked for at a desk. */
  parent_leg_id: Whole;
  /** True when this is the promised way back after a transfer (转回). */
  returning: boolean;
  priority_id: string;
  to_window_id: string;
  waiting_since: Whole;
  place: Whole;
  place_tie: Whole;
}

/** A citizen is asked to a window. */
export interface TicketCalled extends LegEvent {
  type: 'ticket.called';
  window_id: string;
  window_number: Whole;
  zone_id: string;
  staff_id: string;
  mode: CallMode;
  step: CallStep;
  /** The calling rule that decided, where one did. */
  rule_id: string;
  /** How many who stood before this one the window could have called instead. */
  overtook: Whole;
  reason_id: string;
  note: string;
  call_count: Whole;
  waited_ms: Whole;
}

/** The same call once more. */
export interface TicketRecalled extends LegEvent {
  type: 'ticket.recalled';
  window_id: string;
  window_number: Whole;
  zone_id: string;
  call_count: Whole;
}

/** Service began; `direct` when no number had been taken. */
export interface TicketStarted extends LegEvent {
  type: 'ticket.started';
  window_id: string;
  staff_id: string;
  walked_ms: Whole;
  direct: boolean;
}

/** Service ended. */
export interface TicketFinished extends LegEvent {
  type: 'ticket.finished';
  window_id: string;
  staff_id: string;
  outcome_id: string;
  note: string;
  /** From start to finish without the time on hold. */
  served_ms: Whole;
  held_ms: Whole;
  /** Ended by the close of day, not by the clerk: its duration says nothing. */
  at_close: boolean;
}

/** Called and not come. */
export interface TicketMissed extends LegEvent {
  type: 'ticket.missed';
  window_id: string;
  call_count: Whole;
}

/** Waits again after a miss. */
export interface TicketBroughtBack extends LegEvent {
  type: 'ticket.brought_back';
  places: Whole;
  waiting_since: Whole;
  place: Whole;
  place_tie: Whole;
}

/** Waits behind some others by wish. */
export interface TicketMovedBack extends LegEvent {
  type: 'ticket.moved_back';
  places: Whole;
  waiting_since: Whole;
  place: Whole;
  place_tie: Whole;
}

/** Service set aside. */
export interface TicketHeld extends LegEvent {
  type: 'ticket.held';
  window_id: string;
  reason_id: string;
  note: string;
}

/** A held service goes on at a window, or waits when `window_id` is empty. */
export interface TicketResumed extends LegEvent {
  type: 'ticket.resumed';
  window_id: string;
  staff_id: string;
  /** On hold in all so far. */
  held_ms: Whole;
  /** This and the place are 0 when it goes on at a window. */
  waiting_since: Whole;
  place: Whole;
  place_tie: Whole;
}

/** The leg ended; `new_leg_id` waits elsewhere under the same number. */
export interface TicketTransferred extends LegEvent {
  type: 'ticket.transferred';
  new_leg_id: Whole;
  new_queue_id: string;
  new_item_id: string;
  to_window_id: string;
  to_staff_id: string;
  wish: Place;
  place: Whole;
  place_tie: Whole;
  return_after: boolean;
  reason_id: string;
  note: string;
  priority_id: string;
  waiting_since: Whole;
}

/** Voided before service. */
export interface TicketCancelled extends LegEvent {
  type: 'ticket.cancelled';
  reason_id: string;
  note: string;
}

/** Still there when the day closed. */
export interface TicketUnserved extends LegEvent {
  type: 'ticket.unserved';
  was: LegState;
}

/** A paper was ordered; `copy` > 0 is a 补打. */
export interface TicketPrintQueued extends Event {
  type: 'print.queued';
  job_id: Whole;
  ticket_id: Whole;
  label: string;
  station_id: string;
  copy: Whole;
  /** Until when its station may fetch it; 0 where that station itself ordered it, slip in hand. */
  expires_at: Whole;
}

/** What became of a paper. */
export interface TicketPrintReported extends Event {
  type: 'print.reported';
  job_id: Whole;
  ticket_id: Whole;
  label: string;
  station_id: string;
  state: PrintState;
  reason: string;
}

/** Something happened to a window. */
export interface WindowEvent extends Event {
  window_id: string;
  staff_id: string;
}

/** A clerk serves here now. */
export interface WindowOpened extends WindowEvent {
  type: 'window.opened';
}

/** Nobody serves here now. */
export interface WindowClosed extends WindowEvent {
  type: 'window.closed';
}

/** The window does not call for a while. */
export interface WindowPaused extends WindowEvent {
  type: 'window.paused';
  reason_id: string;
  note: string;
}

/** The window goes on. */
export interface WindowResumed extends WindowEvent {
  type: 'window.resumed';
}

/** Where a citizen rated. */
export type RatingSource =
  /** Keys at the window (评价器). */
  | 'rating_pad'
  /** The rating page of a display station. */
  | 'display';

/**
 * A citizen rates (评价) the service that has just ended at a window, once.
 *
 * Either the pad that was pressed or the window whose page was touched.
 */
export interface RatingGive extends Ask {
  level: Whole;
  device_id?: string;
  window_id?: string;
}

/** A service was rated. */
export interface RatingGiven extends Event {
  type: 'rating.given';
  ticket_id: Whole;
  leg_id: Whole;
  window_id: string;
  staff_id: string;
  item_id: string;
  level: Whole;
  source: RatingSource;
}

/** What is known of a device; `unknown` is never `ok`. */
export type Health =
  | 'unknown'
  | 'ok'
  | 'degraded'
  | 'fault'
  | 'offline'
  | 'disabled';

/** A station tells that a device's health has changed. */
export interface DeviceReport extends Ask {
  device_id: string;
  health: Health;
  codes?: string[];
  detail?: string;
}

/** What of a device somebody has to see to. */
export type AlertKind =
  /** Also when the count of the roll says so before the sensor does. */
  | 'paper_low'
  | 'paper_out'
  | 'cover_open'
  | 'cutter_error'
  /** A ticket lies, or lay, in a printer's mouth and nobody took it. */
  | 'not_taken'
  /** For more than a minute. */
  | 'offline'
  /** More than one answer in a hundred is damaged. */
  | 'checksum_errors'
  /** No picture for more than a minute. */
  | 'camera_offline'
  | 'frozen'
  | 'covered'
  | 'defocused'
  /** It no longer shows what it was set up to show. */
  | 'moved'
  | 'dark'
  /** The camera's clock is not the hall's. */
  | 'clock_skew'
  | 'recorder_stopped'
  | 'analyser_stopped'
  /** Recordings will not be kept as long as is stated. */
  | 'disk_short'
  /** The disk is full. */
  | 'recording_stopped';

/**
 * A station tells all alerts of a device that are open now; what is no longer named is over.
 *
 * A monitor tells those of its cameras and of itself, which are no devices of the facts.
 */
export interface DeviceAlert extends Ask {
  device_id: string;
  alerts: AlertKind[];
  /** What opened and was over again while the hall could not be told. */
  passed?: AlertKind[];
}

/** A display has shown what the event `shown_seq` told. */
export interface DisplayReport extends Ask {
  display_id: string;
  shown_seq: Whole;
}

/** A loudspeaker has finished, or given up, an announcement. */
export interface AnnouncementReport extends Ask {
  display_id: string;
  zone_id: string;
  /** Event that asked for it. */
  called_seq: Whole;
  spoken: boolean;
  reason?: string;
  text?: string;
}

/** A citizen at a kiosk asks for staff (呼叫工作人员). */
export interface KioskHelp extends Ask {
}

/**
 * A monitor tells how far its archive's chain of recorded files has come.
 *
 * The same head twice is one seal: the sender derives `request_id` from `chain`.
 */
export interface RecordingSeal extends Ask {
  /** Files in the chain, deleted ones with them. */
  place: Whole;
  /** SHA-256 over all of them. */
  chain: string;
  /** UTC milliseconds on the monitor's clock. */
  made_at: Whole;
}

/** All stations and devices with their present state. */
export interface StationList extends Read {
}

/** A station as of now. */
export interface StationView extends Answer {
  station_id: string;
  role: string;
  version: string;
  enrolled: boolean;
  revoked: boolean;
  online: boolean;
  since: Whole;
}

/** A device as of its last report. */
export interface DeviceView extends Answer {
  device_id: string;
  station_id: string;
  kind: string;
  health: Health;
  codes: string[];
  detail: string;
  since: Whole;
}

/** All stations and devices. */
export interface Stations extends Answer {
  stations: StationView[];
  devices: DeviceView[];
}

/** A device's health changed. */
export interface DeviceChanged extends Event {
  type: 'device.changed';
  device_id: string;
  station_id: string;
  health: Health;
  codes: string[];
  detail: string;
}

/** Somebody has to see to a device. */
export interface DeviceAlerted extends Event {
  type: 'device.alerted';
  device_id: string;
  station_id: string;
  alert: AlertKind;
}

/** An alert of a device is over. */
export interface DeviceCleared extends Event {
  type: 'device.cleared';
  device_id: string;
  station_id: string;
  alert: AlertKind;
  /** When it had begun. */
  since: Whole;
}

/** Proof that a call was shown. */
export interface DisplayShown extends Event {
  type: 'display.shown';
  display_id: string;
  shown_seq: Whole;
}

/** Proof that a call was spoken, or why it was not. */
export interface AnnouncementSpoken extends Event {
  type: 'announcement.spoken';
  display_id: string;
  zone_id: string;
  called_seq: Whole;
  spoken: boolean;
  reason: string;
  text: string;
}

/** Somebody at a kiosk wants help. */
export interface KioskHelpAsked extends Event {
  type: 'kiosk.help_asked';
  station_id: string;
}

/** From here on no recorded file up to `place` can be changed, added or taken out unseen. */
export interface RecordingSealed extends Event {
  type: 'recording.sealed';
  station_id: string;
  place: Whole;
  chain: string;
  made_at: Whole;
}

/** A station has fallen silent. */
export interface StationLost extends Event {
  type: 'station.lost';
  station_id: string;
}

/** What a finding says. */
export type FindingRule =
  /** F1 离岗: declared open, seat empty. */
  | 'vacancy'
  /** F2: opened late, or paused for longer than its reason allows. */
  | 'late'
  /** F3: people wait, the window is open, and nobody is called. */
  | 'idle'
  /** F4: more people in a waiting zone than it is meant for. */
  | 'crowd'
  /** F5 空叫号: served within seconds, with nobody before the window. */
  | 'empty_call'
  /** F6: somebody in the zone outside the hall's hours. */
  | 'stay'
  /** F7: the camera cannot be relied upon. */
  | 'camera';

/** What a zone of a picture shows; nobody is told apart from anybody. */
export type Presence =
  | 'present'
  | 'absent'
  /** Not to be told from this picture; it is evidence of nothing. */
  | 'unknown';

/** Where a finding stands; an answer stands beside it and changes no state. */
export type FindingState =
  | 'new'
  | 'confirmed'
  | 'dismissed';

/** A figure the rule was applied with, its unit last in the name. */
export interface Threshold extends Answer {
  name: string;
  value: Whole;
}

/** What the hall said of the window from this moment on. */
export interface DeclaredRow extends Answer {
  at: Whole;
  /** `open`, `called`, `serving`, `paused`, `closed`. */
  state: string;
  staff_id: string;
  /** How many waited for this window. */
  waiting: Whole;
}

/** One look at the zone. */
export interface Score extends Answer {
  at: Whole;
  /** Largest connected share of the zone that is unlike the reference. */
  differs: Whole;
  moves: Whole;
  presence: Presence;
}

/** A picture kept by the monitor: its name, and what its content must hash to. */
export interface Still extends Answer {
  at: Whole;
  name: string;
  sha256: string;
}

/** That the camera could be relied upon for the whole of the time. */
export interface HealthProof extends Answer {
  looks: Whole;
  /** Looks during which a health test had failed. */
  unwell: Whole;
  /** Looks that told nothing. */
  unknown: Whole;
}

/** Everything a person needs to judge a finding. */
export interface Evidence extends Answer {
  rule: FindingRule;
  rule_version: Whole;
  camera_id: string;
  window_id: string;
  /** Who had declared the window open; empty where nobody is concerned. */
  staff_id: string;
  begins_at: Whole;
  ends_at: Whole;
  clip_begins_at: Whole;
  clip_ends_at: Whole;
  thresholds: Threshold[];
  declared: DeclaredRow[];
  scores: Score[];
  stills: Still[];
  /** The empty seat that was compared with; none where nothing is compared. */
  reference: Still[];
  health: HealthProof;
  zh: string;
  en: string;
  /** The rule only observes here: it is being measured and counts in nothing. */
  trial: boolean;
}

/** A monitor reports a finding; the same key again is the same finding. */
export interface FindingReport extends Ask {
  key: string;
  evidence: Evidence;
}

/** The hall holds it. */
export interface FindingReceived extends Accepted {
  finding_id: Whole;
}

/** A supervisor has looked and finds it true (确认). */
export interface FindingConfirm extends Ask {
  finding_id: Whole;
  note?: string;
}

/** A supervisor finds that it is none (驳回), or takes a confirmation back; with the reason. */
export interface FindingDismiss extends Ask {
  finding_id: Whole;
  note: string;
}

/** The clerk concerned says how it was (说明), once; it stays beside the finding. */
export interface FindingAnswer extends Ask {
  finding_id: Whole;
  note: string;
}

/** A rule that was muted on a camera for false alarms may speak again. */
export interface FindingUnmute extends Ask {
  camera_id: string;
  rule: FindingRule;
  note: string;
}

/** Somebody wants to see the pictures of a finding, and why; a clerk only of their own. */
export interface FindingLook extends Ask {
  finding_id: Whole;
  note: string;
}

/** Somebody wants to see what was recorded: which camera, from when to when, and why. */
export interface CameraLook extends Ask {
  camera_id: string;
  begins_at: Whole;
  ends_at: Whole;
  note: string;
  /** A clerk may see the clip of a finding that concerns them, and nothing else. */
  finding_id?: Whole;
}

/** Somebody wants to see cameras live, and why. */
export interface CameraAdmit extends Ask {
  camera_ids: string[];
  note: string;
}

/** What an administrator does with a camera. */
export type CameraAct =
  /** 试连: search the network, ask a camera, try its stream. */
  | 'probe'
  /** 取景: see one still of it, masked, to draw its zones on; all else shows no picture. */
  | 'picture'
  | 'add'
  | 'change'
  | 'remove';

/** Somebody wants to add, change or remove a camera, or to try one. */
export interface CameraArrange extends Ask {
  act: CameraAct;
  /** Empty where cameras are only tried. */
  camera_id?: string;
}

/** What the monitor's doors let in: see `hall_server/contract/admission.py`. */
export interface Admitted extends Accepted {
  token: string;
  expires_at: Whole;
}

/** Findings, newest first. A clerk sees those that concern them. */
export interface FindingList extends Read {
  /** Only those with a smaller id; 0: from the newest. */
  before?: Whole;
  limit?: Whole;
}

/** One finding with all its evidence. */
export interface FindingRead extends Read {
  finding_id: Whole;
}

/** A finding as it stands. */
export interface FindingSummary extends Answer {
  finding_id: Whole;
  /** When it was reported. */
  at: Whole;
  state: FindingState;
  rule: FindingRule;
  camera_id: string;
  window_id: string;
  staff_id: string;
  begins_at: Whole;
  ends_at: Whole;
  trial: boolean;
  zh: string;
  en: string;
  decided_by: string;
  decided_at: Whole;
  /** What was noted with the decision. */
  decision: string;
  /** What the clerk says; empty until they have. */
  answer: string;
  answered_at: Whole;
}

/** A rule that is silent on a camera, because it was wrong too often there. */
export interface MutedRule extends Answer {
  camera_id: string;
  rule: FindingRule;
  since: Whole;
  /** False alarms … */
  dismissed: Whole;
  /** … within so many days. */
  days: Whole;
}

/** Findings, and which rules are muted where. */
export interface FindingsView extends Answer {
  findings: FindingSummary[];
  muted: MutedRule[];
}

/** A finding with its evidence. */
export interface FindingView extends Answer {
  summary: FindingSummary;
  evidence: Evidence;
  /** Of the evidence, as it stands in the ledger. */
  sha256: string;
}

/** Something about a finding; whoever hears it reads what of it is theirs to see. */
export interface FindingEvent extends Event {
  finding_id: Whole;
}

/** A monitor has reported a finding. */
export interface FindingReported extends FindingEvent {
  type: 'finding.reported';
  rule: FindingRule;
  camera_id: string;
  window_id: string;
  staff_id: string;
  trial: boolean;
  /** Of the evidence as it is kept. */
  sha256: string;
}

/** A supervisor has confirmed it: only from here on may it count. */
export interface FindingConfirmed extends FindingEvent {
  type: 'finding.confirmed';
  note: string;
}

/** A supervisor has dismissed it. */
export interface FindingDismissed extends FindingEvent {
  type: 'finding.dismissed';
  note: string;
}

/** The clerk concerned has answered. */
export interface FindingAnswered extends FindingEvent {
  type: 'finding.answered';
  note: string;
}

/** A rule was wrong too often on a camera and is silent there. */
export interface FindingMuted extends Event {
  type: 'finding.muted';
  camera_id: string;
  rule: FindingRule;
  dismissed: Whole;
  days: Whole;
}

/** A muted rule may speak again. */
export interface FindingUnmuted extends Event {
  type: 'finding.unmuted';
  camera_id: string;
  rule: FindingRule;
  note: string;
}

/** Somebody looked at what was recorded. */
export interface CameraLooked extends Event {
  type: 'camera.looked';
  camera_id: string;
  begins_at: Whole;
  ends_at: Whole;
  finding_id: Whole;
  note: string;
}

/** Somebody was let in to live pictures. */
export interface CameraAdmitted extends Event {
  type: 'camera.admitted';
  camera_ids: string[];
  expires_at: Whole;
  note: string;
}

/**
 * Where to look: for a number of a day, an event of the ledger, or a finding; one of them.
 *
 * A clerk is told of findings that concern them, and of nothing else.
 */
export interface RecordingFind extends Read {
  label?: string;
  /** Of the number; empty: the day that is open. */
  day?: string;
  /** A call, a rating or whatever else happened at a window or to a number. */
  seq?: Whole;
  finding_id?: Whole;
}

/** A time at a window that a recording may show. */
export interface Clip extends Answer {
  window_id: string;
  /** Empty where any camera of the window may serve. */
  camera_id: string;
  begins_at: Whole;
  ends_at: Whole;
  /** What was asked for happened here. */
  moment: Whole;
  label: string;
  leg_id: Whole;
  finding_id: Whole;
}

/** One for each time that the number was at a window, oldest first. */
export interface Clips extends Answer {
  clips: Clip[];
  /** Where a monitor's page stands that shows them, its origin; or empty. */
  page: string;
}

/** What a window did between two moments, to be seen beside its picture. */
export interface RecordingCourse extends Read {
  window_id: string;
  begins_at: Whole;
  ends_at: Whole;
}

/** What a window does. */
export type Doing =
  | 'closed'
  /** Open, and nobody is called or served. */
  | 'idle'
  | 'called'
  | 'serving'
  | 'paused';

/** A time in which a window did one thing. */
export interface WindowStretch extends Answer {
  begins_at: Whole;
  ends_at: Whole;
  doing: Doing;
  staff_id: string;
  /** Of whom is called or served. */
  label: string;
  /** Why it is paused. */
  reason_id: string;
}

/** Something that happened at the window. */
export interface CourseMark extends Answer {
  at: Whole;
  seq: Whole;
  /** The event's name, such as `ticket.called`. */
  type: string;
  label: string;
  leg_id: Whole;
  /** Of a rating; else 0. */
  level: Whole;
}

/** A finding about the window; it accuses nobody. */
export interface CourseFinding extends Answer {
  finding_id: Whole;
  begins_at: Whole;
  ends_at: Whole;
  rule: FindingRule;
  state: FindingState;
  camera_id: string;
}

/** What a window did, oldest first. */
export interface Course extends Answer {
  stretches: WindowStretch[];
  marks: CourseMark[];
  findings: CourseFinding[];
}

/** A place in a recording that somebody asked for. */
export interface Seek extends Answer {
  /** The seq of the `camera.looked` that let them in. */
  look: Whole;
  camera_id: string;
  /** When the picture there was taken. */
  at: Whole;
}

/** A monitor tells which places were asked for, several at once; see `monitor/lookback`. */
export interface CameraSeek extends Ask {
  seeks: Seek[];
}

/** Somebody went to these moments of a recording that they had been let in to. */
export interface CameraSought extends Event {
  type: 'camera.sought';
  look: Whole;
  /** Who looked, as that event has it. */
  account: string;
  camera_id: string;
  moments: Whole[];
}

/** What an export is for; it decides nothing and stands in the ledger and in the file. */
export type ExportPurpose =
  /** 投诉核查. */
  | 'complaint'
  /** 突发事件. */
  | 'incident'
  /** 纪检监察. */
  | 'inspection'
  /** 公安等机关依法调取. */
  | 'authority'
  /** Whoever is to be seen asks for it (本人查阅). */
  | 'citizen';

/** What is given out. */
export type CopyKind =
  /** The pictures as the camera coded them, unchanged. */
  | 'plain'
  /** Coded anew, with masks and times in the picture: a derived copy and no original. */
  | 'masked';

/** Where an export stands. */
export type ExportState =
  | 'asked'
  | 'approved'
  | 'refused'
  | 'made'
  | 'failed'
  | 'expired';

/** Why an export could not be made; it may be asked for anew. */
export type ExportFailure =
  /** Nothing was recorded then. */
  | 'nothing'
  /** The camera's picture changed in between: ask for two parts. */
  | 'changed'
  /** The monitor's disk has no room for it. */
  | 'disk'
  /** The monitor has no such camera. */
  | 'camera'
  /** The program that makes it failed; the monitor's log tells why. */
  | 'fault';

/** Somebody asks for recordings: of a window's cameras or of one camera, and why. */
export interface ExportAsk extends Ask {
  window_id?: string;
  camera_id?: string;
  begins_at: Whole;
  ends_at: Whole;
  purpose: ExportPurpose;
  copy: CopyKind;
  note: string;
}

/** The export this makes. */
export interface ExportNamed extends Accepted {
  export_id: Whole;
}

/** A second person lets it be made. */
export interface ExportApprove extends Ask {
  export_id: Whole;
  note: string;
}

/** A second person does not. */
export interface ExportRefuse extends Ask {
  export_id: Whole;
  note: string;
}

/** The monitor says how far it is; the first that does makes it. Nothing is recorded. */
export interface ExportReport extends Ask {
  export_id: Whole;
  permille: Whole;
}

/** The monitor has made it. */
export interface ExportMake extends Ask {
  export_id: Whole;
  /** Of the manifest inside, which holds the hashes of everything else. */
  sha256: string;
  file_sha256: string;
  bytes: Whole;
  /** Stretches without pictures. */
  gaps: Whole;
}

/** The monitor cannot make it. */
export interface ExportFail extends Ask {
  export_id: Whole;
  failure: ExportFailure;
}

/** Whoever asked for it fetches it; the answer's token opens the monitor's door. */
export interface ExportDownload extends Ask {
  export_id: Whole;
}

/** The monitor says that its time is over and that its file, if there was one, is gone. */
export interface ExportExpire extends Ask {
  export_id: Whole;
}

/** Keep recordings past their time (保全), and say why. */
export interface RecordingHold extends Ask {
  window_id?: string;
  camera_id?: string;
  begins_at: Whole;
  ends_at: Whole;
  until: Whole;
  note: string;
}

/** The hold this makes. */
export interface HoldNamed extends Accepted {
  hold_id: Whole;
}

/** They may go in their time again. */
export interface RecordingLift extends Ask {
  hold_id: Whole;
  note: string;
}

/** A monitor says what it has deleted: of one camera, recorded on one day, for one cause. */
export interface RecordingForget extends Ask {
  camera_id: string;
  day: string;
  /** `retention`; `quota` or `disk` where there was no room; `missing`; `empty`. */
  cause: string;
  begins_at: Whole;
  ends_at: Whole;
  files: Whole;
  bytes: Whole;
  /** In the chain of the archive; 0 where none of the files had come that far. */
  first_place: Whole;
  last_place: Whole;
  /** Over place and hash of each file, in their order: see `monitor/recording/forgetting.py`. */
  sha256: string;
  /** Files of that camera and day that are still there: held, or younger. */
  left: Whole;
}

/** Exports, newest first, and the holds in force. */
export interface ExportList extends Read {
  before?: Whole;
  limit?: Whole;
}

/** What a monitor has to make, to keep and to let go. */
export interface ExportOrders extends Read {
}

/** An export as it stands. */
export interface ExportSummary extends Answer {
  /** The seq of its asking in the ledger. */
  export_id: Whole;
  state: ExportState;
  window_id: string;
  camera_id: string;
  begins_at: Whole;
  ends_at: Whole;
  purpose: ExportPurpose;
  copy: CopyKind;
  note: string;
  asked_by: string;
  asked_at: Whole;
  decided_by: string;
  decided_at: Whole;
  decided_seq: Whole;
  decision: string;
  /** The monitor that makes it; empty until one has begun. */
  station_id: string;
  permille: Whole;
  /** See `ExportFailure`; empty where it did not fail. */
  failure: string;
  made_at: Whole;
  sha256: string;
  file_sha256: string;
  bytes: Whole;
  gaps: Whole;
  downloads: Whole;
  /** Open exports lapse then; the file of one that was made is deleted then. */
  expires_at: Whole;
}

/** A hold in force. */
export interface HoldView extends Answer {
  hold_id: Whole;
  window_id: string;
  camera_id: string;
  begins_at: Whole;
  ends_at: Whole;
  until: Whole;
  note: string;
  made_by: string;
  made_at: Whole;
}

/** Exports and holds. */
export interface ExportsView extends Answer {
  exports: ExportSummary[];
  holds: HoldView[];
}

/** An export for the monitor, with the ledger's own words of who asked and who approved. */
export interface ExportOrder extends Answer {
  export: ExportSummary;
  asked_body: string;
  decided_body: string;
}

/** All that a monitor must know of exports. */
export interface OrdersView extends Answer {
  to_make: ExportOrder[];
  /** Made and not yet over: any other export's file may go. */
  to_keep: Whole[];
  /** Their time is over and nobody has said so. */
  to_expire: Whole[];
  /**
   * Those that people placed, and one for each export that is not yet made (`hold_id` then is
   * the export's).
   */
  holds: HoldView[];
}

/** Something about an export; whoever hears it reads what of it is theirs to see. */
export interface ExportEvent extends Event {
  export_id: Whole;
}

/** Somebody has asked; until it is made or lapses, what it names is held. */
export interface ExportAsked extends ExportEvent {
  type: 'export.asked';
  window_id: string;
  camera_id: string;
  begins_at: Whole;
  ends_at: Whole;
  purpose: ExportPurpose;
  copy: CopyKind;
  note: string;
}

/** A second person has approved. */
export interface ExportApproved extends ExportEvent {
  type: 'export.approved';
  note: string;
}

/** A second person has refused. */
export interface ExportRefused extends ExportEvent {
  type: 'export.refused';
  note: string;
}

/** The monitor has made it; its manifest hashes to this. */
export interface ExportMade extends ExportEvent {
  type: 'export.made';
  station_id: string;
  sha256: string;
  file_sha256: string;
  bytes: Whole;
  gaps: Whole;
}

/** The monitor cannot make it. */
export interface ExportFailed extends ExportEvent {
  type: 'export.failed';
  station_id: string;
  failure: ExportFailure;
}

/** Whoever asked for it has been given the word that opens the monitor's door. */
export interface ExportDownloaded extends ExportEvent {
  type: 'export.downloaded';
}

/** Its time was over; no monitor keeps its file. */
export interface ExportExpired extends ExportEvent {
  type: 'export.expired';
}

/** Somebody keeps recordings past their time. */
export interface RecordingHeld extends Event {
  type: 'recording.held';
  hold_id: Whole;
  window_id: string;
  camera_id: string;
  begins_at: Whole;
  ends_at: Whole;
  until: Whole;
  note: string;
}

/** They may go in their time again. */
export interface RecordingLifted extends Event {
  type: 'recording.lifted';
  hold_id: Whole;
  note: string;
}

/** A monitor has deleted recordings: the proof that a day is gone, and by which rule. */
export interface RecordingForgotten extends Event {
  type: 'recording.forgotten';
  station_id: string;
  camera_id: string;
  day: string;
  cause: string;
  begins_at: Whole;
  ends_at: Whole;
  files: Whole;
  bytes: Whole;
  first_place: Whole;
  last_place: Whole;
  sha256: string;
  left: Whole;
}

/** Where a reference stands. */
export type ReferenceState =
  /** The analyser takes it with the next pictures of that camera. */
  | 'asked'
  /** It waits for another person, and counts for nothing. */
  | 'taken'
  | 'approved'
  /** Not used, or no more. */
  | 'refused';

/** Somebody in the hall says that the seat is empty now (座位现在无人). */
export interface ReferenceAsk extends Ask {
  camera_id: string;
  /** `morning`, `noon`, `lamps`, `infrared`: each light has a picture of its own. */
  light: string;
}

/** The analyser has taken the picture that was asked for; the same again is the same. */
export interface ReferenceReport extends Ask {
  /** 0: one that a program drew for a drawn camera, which nobody is asked to approve. */
  reference_id?: Whole;
  camera_id: string;
  light: string;
  taken_at: Whole;
  sha256: string;
  /** By how much some part of it is unlike the one that was approved before. */
  differs?: Whole;
}

/** The hall knows it by this number. */
export interface ReferenceNamed extends Accepted {
  reference_id: Whole;
}

/** A second person, who has looked at this very picture, says that nobody is in it (核准). */
export interface ReferenceApprove extends Ask {
  reference_id: Whole;
  sha256: string;
  note?: string;
}

/**
 * It is not to be used, or no more (不予采用); with the reason.
 *
 * An analyser says so of one that was taken for other zones than its camera has now.
 */
export interface ReferenceRefuse extends Ask {
  reference_id: Whole;
  note: string;
}

/** Somebody wants to see the picture, and why. */
export interface ReferenceLook extends Ask {
  reference_id: Whole;
  note: string;
}

/** References, newest first. */
export interface ReferenceList extends Read {
}

/** A reference as it stands. */
export interface ReferenceView extends Answer {
  reference_id: Whole;
  state: ReferenceState;
  camera_id: string;
  light: string;
  asked_by: string;
  asked_at: Whole;
  /** 0 until it was taken. */
  taken_at: Whole;
  sha256: string;
  differs: Whole;
  decided_by: string;
  decided_at: Whole;
  decision: string;
  /** By a program, for a demonstration. */
  drawn: boolean;
}

/** All that are known, the newest 200. */
export interface ReferencesView extends Answer {
  references: ReferenceView[];
}

/** Something about a reference; whoever hears it reads the list again. */
export interface ReferenceEvent extends Event {
  reference_id: Whole;
  camera_id: string;
  light: string;
}

/** Somebody has said that the seat is empty. */
export interface ReferenceAsked extends ReferenceEvent {
  type: 'reference.asked';
}

/** The picture is there. */
export interface ReferenceTaken extends ReferenceEvent {
  type: 'reference.taken';
  taken_at: Whole;
  sha256: string;
  drawn: boolean;
}

/** From here on it is compared with. */
export interface ReferenceApproved extends ReferenceEvent {
  type: 'reference.approved';
  sha256: string;
  note: string;
}

/** It is not used. */
export interface ReferenceRefused extends ReferenceEvent {
  type: 'reference.refused';
  note: string;
}

/** State or restate one record; refused when the hall as a whole would not hold together. */
export interface FactSave extends Ask {
  kind: string;
  body: string;
  /** The facts' version the editor saw; 0 to save over whatever is there. */
  version?: Whole;
}

/** Take one record back; refused while others name it. */
export interface FactRemove extends Ask {
  kind: string;
  id: string;
  version?: Whole;
}

/** Replace all facts by a file's (TOML text). */
export interface FactsImport extends Ask {
  toml: string;
  version?: Whole;
}

/** What would importing this file change, and would it hold? Changes nothing (dry run). */
export interface FactsCheck extends Read {
  toml: string;
}

/** All that is wrong with a file; otherwise the records it would change, as `kind/id`. */
export interface FactsChanges extends Answer {
  faults: FactFault[];
  added: string[];
  changed: string[];
  removed: string[];
}

/** Would this record hold? Names every fault, changes nothing (preview). */
export interface FactCheck extends Read {
  kind: string;
  body: string;
}

/** One thing wrong: where, and what is wanted. */
export interface FactFault extends Answer {
  where: string;
  zh: string;
  en: string;
}

/** All that is wrong; empty when it holds. */
export interface FactFaults extends Answer {
  faults: FactFault[];
}

/** All facts with their version. */
export interface FactsRead extends Read {
}

/** All facts. */
export interface FactsView extends Answer {
  version: Whole;
  facts: HallFacts;
}

/** All facts as one file. */
export interface FactsExport extends Read {
}

/** TOML text that a blank hall can import. */
export interface FactsFile extends Answer {
  toml: string;
}

/** JSON Schema of every kind of fact, for the forms. */
export interface FactsSchema extends Read {
}

/** JSON Schema text. */
export interface SchemaView extends Answer {
  schema: string;
}

/** A record was stated or restated. */
export interface FactSaved extends Event {
  type: 'fact.saved';
  kind: string;
  id: string;
  /** JSON text as saved. */
  body: string;
  version: Whole;
}

/** A record was taken back. */
export interface FactRemoved extends Event {
  type: 'fact.removed';
  kind: string;
  id: string;
  version: Whole;
}

/** All facts were replaced by a file with this SHA-256. */
export interface FactsImported extends Event {
  type: 'facts.imported';
  sha256: string;
  version: Whole;
}

/** The whole hall as of now, as far as the reader may see it. */
export interface SnapshotRead extends Read {
}

/** A leg of today. What the public may not see is empty. */
export interface LegView extends Answer {
  leg_id: Whole;
  ticket_id: Whole;
  version: Whole;
  label: string;
  state: LegState;
  item_id: string;
  queue_id: string;
  priority_id: string;
  window_id: string;
  staff_id: string;
  /** Waits for this window only (transferred to it). */
  to_window_id: string;
  to_staff_id: string;
  waiting_since: Whole;
  place: Whole;
  /** Order in the line: by effective wait, then `place`, then this. */
  place_tie: Whole;
  called_at: Whole;
  call_count: Whole;
  started_at: Whole;
  held_at: Whole;
  held_ms: Whole;
  ended_at: Whole;
  called_seq: Whole;
  note: string;
}

/** A window as of now. */
export interface WindowView extends Answer {
  window_id: string;
  state: WindowState;
  staff_id: string;
  since: Whole;
  reason_id: string;
}

/** A paper that somebody ordered from another's printer: a clerk's 补打, say. */
export interface PaperView extends Answer {
  job_id: Whole;
  ticket_id: Whole;
  label: string;
  station_id: string;
  copy: Whole;
  state: PrintState;
  reason: string;
}

/** A device as of its last report. */
export interface DeviceState extends Answer {
  device_id: string;
  health: Health;
  codes: string[];
  since: Whole;
}

/** An alert of a device that is open. */
export interface AlertView extends Answer {
  device_id: string;
  alert: AlertKind;
  since: Whole;
}

/** The hall as of `seq`: what a screen starts from before events carry it on. */
export interface Snapshot extends Answer {
  seq: Whole;
  /** The hall's clock, so that a screen can count minutes rightly. */
  at: Whole;
  /** 1; more when a replay runs the hall's clock faster. */
  clock_rate: Whole;
  version: string;
  /** Open service day, empty when closed. */
  day: string;
  /** When it was first opened; 0 when closed. */
  day_opened_at: Whole;
  facts_version: Whole;
  facts: HallFacts;
  windows: WindowView[];
  legs: LegView[];
  devices: DeviceState[];
  /** Told to staff alone. */
  alerts: AlertView[];
  /** Ordered within the last hour; a station sees those it is to print, the public none. */
  papers: PaperView[];
}

/**
 * What the hall pushes: events after `since`, up to and with `upto`.
 *
 * A receiver whose own place is before `since` has missed something and reads again.
 */
export interface Push extends Answer {
  since: Whole;
  upto: Whole;
  events: HallEvent[];
}

/** Figures of one service day. */
export interface PeriodRead extends Read {
  day?: string;
}

/** What happened on a service day, with numerators and denominators; durations in ms. */
export interface DayFigures extends Answer {
  day: string;
  taken: Whole;
  called: Whole;
  served: Whole;
  no_show: Whole;
  cancelled: Whole;
  unserved: Whole;
  waiting: Whole;
  wait_sum_ms: Whole;
  wait_median_ms: Whole;
  wait_p90_ms: Whole;
  wait_max_ms: Whole;
  within_15_minutes: Whole;
  service_sum_ms: Whole;
  service_median_ms: Whole;
}

/** What somebody may be. The last three exclude each other (三员分立). */
export type Role =
  | 'public'
  | 'kiosk'
  | 'display'
  | 'monitor'
  | 'clerk'
  | 'supervisor'
  | 'administrator'
  | 'security'
  | 'auditor';

/** Open a session; the answer sets its cookie. */
export interface AccountSignIn extends Ask {
  account: string;
  password: string;
}

/** End this session. */
export interface AccountSignOut extends Ask {
}

/** Change one's own password; other sessions end. */
export interface AccountPassword extends Ask {
  old: string;
  new: string;
}

/** Make an account with a one-time password (returned once, never stored readable). */
export interface AccountCreate extends Ask {
  account: string;
  roles: Role[];
  staff_id?: string;
}

/** Change an account's roles, staff record or whether it may sign in; its sessions end. */
export interface AccountChange extends Ask {
  account: string;
  roles: Role[];
  staff_id?: string;
  enabled?: boolean;
}

/** Give an account a new one-time password and unlock it. */
export interface AccountReset extends Ask {
  account: string;
}

/** Make a one-time code with which a station may enrol within ten minutes. */
export interface StationInvite extends Ask {
  station_id: string;
  role: Role;
}

/** A station spends its code and leaves its public key. */
export interface StationEnrol extends Ask {
  station_id: string;
  code: string;
  /** Ed25519, hexadecimal. */
  public_key: string;
}

/**
 * A station proves its key and gets a session token.
 *
 * `signature` is Ed25519 over `hall-station\n{station_id}\n{at}\n{request_id}\n{origin}`.
 */
export interface StationSignOn extends Ask {
  station_id: string;
  version: string;
  /** The station's clock; more than two minutes from the hall's is refused. */
  at: Whole;
  /** Where its pages are served, so that their WebSocket is let in. */
  origin?: string;
  signature: string;
}

/** Shut a station out for good; it must be enrolled anew. */
export interface StationRevoke extends Ask {
  station_id: string;
}

/** The session that a sign-in opened. */
export interface SignedIn extends Answer {
  seq: Whole;
  account: string;
  roles: Role[];
  staff_id: string;
  must_change_password: boolean;
}

/** Shown once to whoever made or reset the account. */
export interface OneTimePassword extends Answer {
  seq: Whole;
  account: string;
  password: string;
}

/** The code a station enrols with. */
export interface Invitation extends Answer {
  seq: Whole;
  code: string;
  expires_at: Whole;
}

/** Bearer token of a station, for HTTP and WebSocket. */
export interface StationSession extends Answer {
  seq: Whole;
  token: string;
  expires_at: Whole;
  /** What the station hands to its own pages: the right to look, not to act. */
  page_token: string;
}

/** Who am I? */
export interface SessionRead extends Read {
}

/** The present session; `account` is empty when nobody is signed in. */
export interface SessionView extends Answer {
  account: string;
  roles: Role[];
  staff_id: string;
  must_change_password: boolean;
  /** Version of the hall; an older page reloads itself. */
  version: string;
}

/** All accounts. */
export interface AccountList extends Read {
}

/** One account as the security administrator sees it. */
export interface AccountView extends Answer {
  account: string;
  roles: Role[];
  staff_id: string;
  enabled: boolean;
  locked_until: Whole;
  last_sign_in_at: Whole;
}

/** All accounts. */
export interface Accounts extends Answer {
  accounts: AccountView[];
}

/** Something happened to an account. */
export interface AccountEvent extends Event {
  account: string;
}

/** An account was made. */
export interface AccountCreated extends AccountEvent {
  type: 'account.created';
  roles: Role[];
  staff_id: string;
}

/** Roles, staff record or state of an account were changed. */
export interface AccountChanged extends AccountEvent {
  type: 'account.changed';
  roles: Role[];
  staff_id: string;
  enabled: boolean;
}

/** A new one-time password was given. */
export interface AccountResetDone extends AccountEvent {
  type: 'account.reset';
}

/**
 * A new one-time password was given at the hall's own machine, past all administrators.
 *
 * `actor` names the system's user who did it: `console:…`.
 */
export interface AccountRescued extends AccountEvent {
  type: 'account.rescued';
}

/** Somebody changed their own password. */
export interface AccountPasswordChanged extends AccountEvent {
  type: 'account.password_changed';
}

/** A session began. */
export interface AccountSignedIn extends AccountEvent {
  type: 'account.signed_in';
  address: string;
}

/** A session ended. */
export interface AccountSignedOut extends AccountEvent {
  type: 'account.signed_out';
}

/** A wrong password; `locked` when it was one too many. */
export interface AccountSignInFailed extends AccountEvent {
  type: 'account.sign_in_failed';
  address: string;
  locked: boolean;
}

/** Something happened to a station. */
export interface StationEvent extends Event {
  station_id: string;
}

/** An enrolment code was made. */
export interface StationInvited extends StationEvent {
  type: 'station.invited';
  role: Role;
}

/** A station left its key. */
export interface StationEnrolled extends StationEvent {
  type: 'station.enrolled';
  role: Role;
  public_key: string;
}

/** A station is here. */
export interface StationSignedOn extends StationEvent {
  type: 'station.signed_on';
  version: string;
  address: string;
}

/** A station was shut out. */
export interface StationRevoked extends StationEvent {
  type: 'station.revoked';
}

/** The newest signed checkpoint. */
export interface CheckpointRead extends Read {
}

/** A signed checkpoint, as C2SP tlog-checkpoint text, and the key that verifies it. */
export interface CheckpointView extends Answer {
  size: Whole;
  note: string;
  verifier_key: string;
}

/** Proof that the event at `event_seq` is in the ledger. */
export interface ProofRead extends Read {
  event_seq: Whole;
}

/** A C2SP tlog-proof text; the body is given only to those who may read it. */
export interface ProofView extends Answer {
  proof: string;
  body: string;
}

/** A station or page shows the newest checkpoint it has kept; the hall compares it. */
export interface LedgerWitness extends Ask {
  note: string;
}

/** Whether the promise on a paper is ours, and kept (回执核验). */
export interface ReceiptRead extends Read {
  receipt: string;
}

/** What became of a promise. */
export interface ReceiptView extends Answer {
  event_seq: Whole;
  /** Our signature, in this epoch's name. */
  signed: boolean;
  /** The event it promises stands at its place in the ledger. */
  kept: boolean;
  /** Size of the newest signed checkpoint; the event is under it when it reaches that far. */
  checkpoint_size: Whole;
}

/** A part of the ledger as evidence, events exactly as hashed, for an auditor (导出台账). */
export interface ExportRead extends Read {
  after: Whole;
  limit?: Whole;
}

/** Bodies and leaf hashes in order of seq, and the checkpoints over them. */
export interface ExportView extends Answer {
  /** As far as there is a signed checkpoint; nothing beyond is given. */
  size: Whole;
  upto: Whole;
  bodies: string[];
  /** Hexadecimal. */
  leaves: string[];
  checkpoints: string[];
  verifier_key: string;
}

/** Events after a place in the ledger, as far as the reader may see them. */
export interface EventsRead extends Read {
  after: Whole;
  limit?: Whole;
}

/** Events in order; `upto` is the place reached, also over those not shown. */
export interface EventsView extends Answer {
  upto: Whole;
  head: Whole;
  events: HallEvent[];
}

/** Accept that the ledger begins again at its present head although a longer one was seen. */
export interface EpochBegin extends Ask {
  reason: string;
}

/** The hall went on from a restored, shorter ledger; a person answered for it. */
export interface EpochBegun extends Event {
  type: 'ledger.epoch_begun';
  seen_size: Whole;
  own_size: Whole;
  reason: string;
  /** Checks what is signed from now on; a new epoch signs under a new name. */
  verifier_key: string;
}

/**
 * Somebody kept a checkpoint of ours that this ledger does not continue (台账与已公布的不符).
 *
 * Restored from an older copy, or changed. Until a person begins a new epoch nothing is issued.
 */
export interface LedgerContradicted extends Event {
  type: 'ledger.contradicted';
  seen_size: Whole;
  own_size: Whole;
  /** The signed note that was shown. */
  checkpoint: string;
}

/** The wall clock moved against the steady one. */
export interface ClockJumped extends Event {
  type: 'clock.jumped';
  by_ms: Whole;
}

/** The hall server began to run. */
export interface HallStarted extends Event {
  type: 'hall.started';
  version: string;
}

/** The hall server ended in order. */
export interface HallStopped extends Event {
  type: 'hall.stopped';
}

/** Every ask by its name on the wire, and what answers it. */
export interface Asks {
  'day.open': { ask: DayOpen; answer: Accepted };
  'day.close': { ask: DayClose; answer: Accepted };
  'ticket.take': { ask: TicketTake; answer: TicketSlip };
  'ticket.check_in': { ask: TicketCheckIn; answer: TicketSlip };
  'ticket.reprint': { ask: TicketReprint; answer: TicketSlip };
  'ticket.call_next': { ask: TicketCallNext; answer: LegNamed };
  'ticket.call': { ask: TicketCall; answer: LegNamed };
  'ticket.recall': { ask: TicketRecall; answer: LegNamed };
  'ticket.start': { ask: TicketStart; answer: LegNamed };
  'ticket.finish': { ask: TicketFinish; answer: LegNamed };
  'ticket.miss': { ask: TicketMiss; answer: LegNamed };
  'ticket.bring_back': { ask: TicketBringBack; answer: LegNamed };
  'ticket.hold': { ask: TicketHold; answer: LegNamed };
  'ticket.resume': { ask: TicketResume; answer: LegNamed };
  'ticket.transfer': { ask: TicketTransfer; answer: LegNamed };
  'ticket.move_back': { ask: TicketMoveBack; answer: LegNamed };
  'ticket.add_item': { ask: TicketAddItem; answer: LegNamed };
  'ticket.serve_direct': { ask: TicketServeDirect; answer: LegNamed };
  'ticket.cancel': { ask: TicketCancel; answer: Accepted };
  'appointment.book': { ask: AppointmentBook; answer: Booked };
  'appointment.cancel': { ask: AppointmentCancel; answer: Accepted };
  'print.report': { ask: PrintReport; answer: Accepted };
  'window.open': { ask: WindowOpen; answer: Accepted };
  'window.close': { ask: WindowClose; answer: Accepted };
  'window.pause': { ask: WindowPause; answer: Accepted };
  'window.resume': { ask: WindowResume; answer: Accepted };
  'account.sign_in': { ask: AccountSignIn; answer: SignedIn };
  'account.sign_out': { ask: AccountSignOut; answer: Accepted };
  'account.password': { ask: AccountPassword; answer: Accepted };
  'account.create': { ask: AccountCreate; answer: OneTimePassword };
  'account.change': { ask: AccountChange; answer: Accepted };
  'account.reset': { ask: AccountReset; answer: OneTimePassword };
  'station.invite': { ask: StationInvite; answer: Invitation };
  'station.enrol': { ask: StationEnrol; answer: Accepted };
  'station.sign_on': { ask: StationSignOn; answer: StationSession };
  'station.revoke': { ask: StationRevoke; answer: Accepted };
  'device.report': { ask: DeviceReport; answer: Accepted };
  'device.alert': { ask: DeviceAlert; answer: Accepted };
  'display.report': { ask: DisplayReport; answer: Accepted };
  'announcement.report': { ask: AnnouncementReport; answer: Accepted };
  'kiosk.help': { ask: KioskHelp; answer: Accepted };
  'recording.seal': { ask: RecordingSeal; answer: Accepted };
  'pad.press': { ask: PadPress; answer: PadAnswer };
  'rating.give': { ask: RatingGive; answer: Accepted };
  'finding.report': { ask: FindingReport; answer: FindingReceived };
  'finding.confirm': { ask: FindingConfirm; answer: Accepted };
  'finding.dismiss': { ask: FindingDismiss; answer: Accepted };
  'finding.answer': { ask: FindingAnswer; answer: Accepted };
  'finding.unmute': { ask: FindingUnmute; answer: Accepted };
  'camera.look': { ask: CameraLook; answer: Admitted };
  'finding.look': { ask: FindingLook; answer: Admitted };
  'camera.admit': { ask: CameraAdmit; answer: Admitted };
  'camera.seek': { ask: CameraSeek; answer: Accepted };
  'export.ask': { ask: ExportAsk; answer: ExportNamed };
  'export.approve': { ask: ExportApprove; answer: Accepted };
  'export.refuse': { ask: ExportRefuse; answer: Accepted };
  'export.report': { ask: ExportReport; answer: Accepted };
  'export.make': { ask: ExportMake; answer: Accepted };
  'export.fail': { ask: ExportFail; answer: Accepted };
  'export.download': { ask: ExportDownload; answer: Admitted };
  'export.expire': { ask: ExportExpire; answer: Accepted };
  'recording.hold': { ask: RecordingHold; answer: HoldNamed };
  'recording.lift': { ask: RecordingLift; answer: Accepted };
  'recording.forget': { ask: RecordingForget; answer: Accepted };
  'reference.ask': { ask: ReferenceAsk; answer: ReferenceNamed };
  'reference.report': { ask: ReferenceReport; answer: ReferenceNamed };
  'reference.approve': { ask: ReferenceApprove; answer: Accepted };
  'reference.refuse': { ask: ReferenceRefuse; answer: Accepted };
  'reference.look': { ask: ReferenceLook; answer: Admitted };
  'camera.arrange': { ask: CameraArrange; answer: Admitted };
  'fact.save': { ask: FactSave; answer: Accepted };
  'fact.remove': { ask: FactRemove; answer: Accepted };
  'facts.import': { ask: FactsImport; answer: Accepted };
  'ledger.begin_epoch': { ask: EpochBegin; answer: Accepted };
  'ledger.witness': { ask: LedgerWitness; answer: Accepted };
}

/** Every read by its name on the wire, and what answers it. */
export interface Reads {
  'hall.snapshot': { read: SnapshotRead; answer: Snapshot };
  'hall.forecast': { read: ForecastRead; answer: Forecasts };
  'hall.figures': { read: PeriodRead; answer: DayFigures };
  'ticket.follow': { read: TicketFollow; answer: FollowView };
  'person.key': { read: PersonKeyRead; answer: PersonKey };
  'print.read': { read: PrintRead; answer: TicketSlip };
  'events.read': { read: EventsRead; answer: EventsView };
  'ledger.checkpoint': { read: CheckpointRead; answer: CheckpointView };
  'ledger.proof': { read: ProofRead; answer: ProofView };
  'ledger.receipt': { read: ReceiptRead; answer: ReceiptView };
  'ledger.export': { read: ExportRead; answer: ExportView };
  'finding.list': { read: FindingList; answer: FindingsView };
  'finding.read': { read: FindingRead; answer: FindingView };
  'recording.find': { read: RecordingFind; answer: Clips };
  'recording.course': { read: RecordingCourse; answer: Course };
  'export.list': { read: ExportList; answer: ExportsView };
  'export.orders': { read: ExportOrders; answer: OrdersView };
  'reference.list': { read: ReferenceList; answer: ReferencesView };
  'session.read': { read: SessionRead; answer: SessionView };
  'account.list': { read: AccountList; answer: Accounts };
  'station.list': { read: StationList; answer: Stations };
  'fact.check': { read: FactCheck; answer: FactFaults };
  'facts.check': { read: FactsCheck; answer: FactsChanges };
  'facts.read': { read: FactsRead; answer: FactsView };
  'facts.export': { read: FactsExport; answer: FactsFile };
  'facts.schema': { read: FactsSchema; answer: SchemaView };
}

/** Every event by its name on the wire. */
export interface Events {
  'day.opened': DayOpened;
  'day.closed': DayClosed;
  'appointment.booked': AppointmentBooked;
  'appointment.ended': AppointmentEnded;
  'ticket.taken': TicketTaken;
  'ticket.item_added': ItemAdded;
  'ticket.called': TicketCalled;
  'ticket.recalled': TicketRecalled;
  'ticket.started': TicketStarted;
  'ticket.finished': TicketFinished;
  'ticket.missed': TicketMissed;
  'ticket.brought_back': TicketBroughtBack;
  'ticket.moved_back': TicketMovedBack;
  'ticket.held': TicketHeld;
  'ticket.resumed': TicketResumed;
  'ticket.transferred': TicketTransferred;
  'ticket.cancelled': TicketCancelled;
  'ticket.unserved': TicketUnserved;
  'print.queued': TicketPrintQueued;
  'print.reported': TicketPrintReported;
  'window.opened': WindowOpened;
  'window.closed': WindowClosed;
  'window.paused': WindowPaused;
  'window.resumed': WindowResumed;
  'account.created': AccountCreated;
  'account.changed': AccountChanged;
  'account.reset': AccountResetDone;
  'account.rescued': AccountRescued;
  'account.password_changed': AccountPasswordChanged;
  'account.signed_in': AccountSignedIn;
  'account.signed_out': AccountSignedOut;
  'account.sign_in_failed': AccountSignInFailed;
  'station.invited': StationInvited;
  'station.enrolled': StationEnrolled;
  'station.signed_on': StationSignedOn;
  'station.revoked': StationRevoked;
  'station.lost': StationLost;
  'device.changed': DeviceChanged;
  'device.alerted': DeviceAlerted;
  'device.cleared': DeviceCleared;
  'display.shown': DisplayShown;
  'announcement.spoken': AnnouncementSpoken;
  'kiosk.help_asked': KioskHelpAsked;
  'recording.sealed': RecordingSealed;
  'rating.given': RatingGiven;
  'finding.reported': FindingReported;
  'finding.confirmed': FindingConfirmed;
  'finding.dismissed': FindingDismissed;
  'finding.answered': FindingAnswered;
  'finding.muted': FindingMuted;
  'finding.unmuted': FindingUnmuted;
  'camera.looked': CameraLooked;
  'camera.admitted': CameraAdmitted;
  'camera.sought': CameraSought;
  'export.asked': ExportAsked;
  'export.approved': ExportApproved;
  'export.refused': ExportRefused;
  'export.made': ExportMade;
  'export.failed': ExportFailed;
  'export.downloaded': ExportDownloaded;
  'export.expired': ExportExpired;
  'recording.held': RecordingHeld;
  'recording.lifted': RecordingLifted;
  'recording.forgotten': RecordingForgotten;
  'reference.asked': ReferenceAsked;
  'reference.taken': ReferenceTaken;
  'reference.approved': ReferenceApproved;
  'reference.refused': ReferenceRefused;
  'fact.saved': FactSaved;
  'fact.removed': FactRemoved;
  'facts.imported': FactsImported;
  'ledger.epoch_begun': EpochBegun;
  'ledger.contradicted': LedgerContradicted;
  'clock.jumped': ClockJumped;
  'hall.started': HallStarted;
  'hall.stopped': HallStopped;
}

/** Any event; `type` tells which. */
export type HallEvent = Events[keyof Events];

// English for every shared text: a missing one is a compile error.
import type { SharedKey } from './zh';

export const en: Record<SharedKey, string> = {
  'link.connecting': 'Connecting to the hall…',
  'link.live': 'Connected',
  'link.lost': 'Connection to the hall lost, trying again',
  'link.updated': 'Updated {time}',
  'hall.away': 'The hall server does not answer; try again shortly',

  'leg.booked': 'Booked',
  'leg.waiting': 'Waiting',
  'leg.called': 'Called',
  'leg.serving': 'Being served',
  'leg.held': 'On hold',
  'leg.served': 'Finished',
  'leg.transferred': 'Transferred',
  'leg.no_show': 'Missed',
  'leg.cancelled': 'Cancelled',
  'leg.unserved': 'Not served',

  'window.closed': 'Closed',
  'window.paused': 'Paused',
  'window.free': 'Free',
  'window.called': 'Calling',
  'window.serving': 'Serving',
  'window.number': 'Window {n}|Window {n}',

  'health.unknown': 'Unknown',
  'health.ok': 'OK',
  'health.degraded': 'Needs attention',
  'health.fault': 'Fault',
  'health.offline': 'Offline',
  'health.disabled': 'Disabled',

  'patience.calm': 'normal',
  'patience.long': 'long',
  'patience.late': 'too long',

  'unit.minutes': '{n} minute|{n} minutes',
  'unit.people': '{n} person|{n} people',
  'unit.minute': 'min',

  'limit.on_the_spot': 'On the spot',
  'limit.hour': '{n} hour|{n} hours',
  'limit.working_day': '{n} working day|{n} working days',
  'limit.calendar_day': '{n} day|{n} days',

  'kind.immediate': 'Immediate',
  'kind.promised': 'Promised time',
  'kind.joint': 'Joint',
  'kind.forwarded': 'Forwarded',
  'kind.returned': 'Returned',

  'weekday.1': 'Monday',
  'weekday.2': 'Tuesday',
  'weekday.3': 'Wednesday',
  'weekday.4': 'Thursday',
  'weekday.5': 'Friday',
  'weekday.6': 'Saturday',
  'weekday.7': 'Sunday',

  sample: 'Sample',
  'party.member': 'Party member',
  'word.yes': 'Yes',
  'word.no': 'No',
  'word.confirm': 'Confirm',
  'word.cancel': 'Cancel',
  'word.close': 'Close',
  'word.back': 'Back',
  'language.other': '中文',
};

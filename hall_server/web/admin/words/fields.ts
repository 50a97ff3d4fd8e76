// What the fields of facts are called in Chinese and English; `Shape.field` before plain `field`.
import { language } from '@shared/words';

type Pair = readonly [zh: string, en: string];

export const FIELDS: Record<string, Pair> = {
  id: ['标识', 'Identifier'],
  name: ['名称', 'Name'],
  order: ['排列顺序', 'Order'],
  zh: ['中文', 'Chinese'],
  en: ['英文', 'English'],
  kind: ['类型', 'Kind'],
  zone: ['区域', 'Zone'],
  zones: ['区域', 'Zones'],
  department: ['部门', 'Department'],
  queues: ['业务队列', 'Queues'],
  sample: ['示例内容', 'Sample'],
  phone: ['电话', 'Telephone'],
  day_limit: ['每日取号上限', 'Tickets a day'],
  text: ['文字', 'Text'],
  start: ['开始', 'From'],
  end: ['结束', 'Until'],
  weekdays: ['星期', 'Weekdays'],
  day: ['日期', 'Day'],
  reason: ['原因', 'Reason'],
  spans: ['开放时间', 'Hours'],
  station: ['终端站', 'Station'],

  'Site.area_code': ['行政区划代码', 'Area code'],
  'Site.address': ['地址', 'Address'],
  'Site.complaint_phone': ['投诉电话', 'Complaints telephone'],
  'Site.public_url': ['群众访问网址', 'Public address'],
  'Site.utc_offset_minutes': ['时区（与 UTC 相差分钟）', 'Minutes from UTC'],
  'Zone.floor': ['楼层', 'Floor'],
  'QueueFact.series': ['号段字母', 'Series letter'],
  'QueueFact.zone': ['等候区域', 'Where citizens wait'],
  'QueueFact.service_minutes': ['预计办理分钟', 'Expected service minutes'],
  'WindowFact.number': ['窗口号', 'Window number'],
  'WindowFact.rules': ['叫号规则（按先后）', 'Calling rules, in order'],
  'ItemFact.queue': ['取号队列', 'Queue for tickets'],
  'ItemFact.legal_limit': ['法定时限', 'Legal limit'],
  'ItemFact.legal_limit_unit': ['法定时限单位', 'Unit of the legal limit'],
  'ItemFact.promise': ['承诺时限', 'Promised limit'],
  'ItemFact.promise_unit': ['承诺时限单位', 'Unit of the promise'],
  'ItemFact.fee': ['收费', 'Fee'],
  'ItemFact.fee_basis': ['收费依据', 'Basis of the fee'],
  'ItemFact.basis': ['设定依据', 'Legal basis'],
  'ItemFact.conditions': ['受理条件', 'Conditions'],
  'ItemFact.materials': ['申请材料', 'Documents'],
  'ItemFact.steps': ['办理流程', 'Steps'],
  'ItemFact.hidden': ['暂不公开', 'Hidden'],
  'Material.originals': ['原件份数', 'Originals'],
  'Material.copies': ['复印件份数', 'Copies'],
  'Material.required': ['必须提供', 'Required'],
  'Material.note': ['说明', 'Note'],
  'PriorityFact.lead_minutes': ['相当于早到分钟', 'Minutes put forward'],
  'PriorityFact.kiosk': ['可在取号机上选择', 'Offered at the kiosk'],
  'PriorityFact.mark': ['号票标记', 'Mark on the ticket'],
  'RuleFact.priorities': ['优先类别', 'Priority classes'],
  'RuleFact.minutes': ['等候超过分钟', 'Waited more than (minutes)'],
  'RuleFact.count': ['等候人数达到', 'At least so many wait'],
  'RuleFact.first': ['先叫几位', 'Calls here'],
  'RuleFact.second': ['再叫其他几位', 'Calls of the rest'],
  'QueueingRules.recall_gap_s': ['重呼间隔（秒）', 'Seconds between recalls'],
  'QueueingRules.recall_limit': ['最多重呼次数', 'Recalls at most'],
  'QueueingRules.miss_after_calls': ['过号前至少呼叫次数', 'Calls before a no-show'],
  'QueueingRules.miss_after_s': ['首次呼叫后至少等待（秒）', 'Seconds before a no-show'],
  'QueueingRules.bring_back_limit': ['最多恢复次数', 'Times brought back at most'],
  'QueueingRules.bring_back_places': ['恢复后排在几位之后', 'Places behind when brought back'],
  'QueueingRules.hold_limit_minutes': ['最长挂起分钟', 'Minutes held at most'],
  'QueueingRules.holds_per_window': ['每窗口挂起人数', 'Held per window'],
  'QueueingRules.move_back_limit': ['最多后移次数', 'Times moved back at most'],
  'QueueingRules.overtake_limit': ['最多被超过次数', 'Overtaken at most'],
  'QueueingRules.appointment_early_minutes': ['预约可提前分钟', 'Early for an appointment'],
  'QueueingRules.appointment_late_minutes': ['预约可迟到分钟', 'Late for an appointment'],
  'QueueingRules.appointment_priority': ['预约的优先类别', 'Priority of appointments'],
  'QueueingRules.start_before_open_minutes': ['开门前可取号分钟', 'Tickets before opening'],
  'QueueingRules.stop_before_close_minutes': ['下班前停止取号分钟', 'Tickets stop before closing'],
  'QueueingRules.stop_when_full': ['预计办不完时停止取号', 'Stop when the day is full'],
  'QueueingRules.tickets_per_person': ['每人同时持号数', 'Tickets per person'],
  'StaffFact.staff_number': ['工号', 'Staff number'],
  'StaffFact.name': ['姓名', 'Name'],
  'StaffFact.title': ['职务', 'Title'],
  'StaffFact.party_member': ['党员先锋岗', 'Party member'],
  'StaffFact.photo': ['照片', 'Photograph'],
  'OpeningFact.exceptions': ['特殊日期', 'Special days'],
  'OpeningFact.market_days': ['集市日', 'Market days'],
  'OpeningFact.market_spans': ['集市日开放时间', 'Hours on market days'],
  'OpeningFact.always_open': ['全天开放', 'Always open'],
  'DisplayFact.window': ['窗口', 'Window'],
  'DisplayFact.device': ['设备', 'Device'],
  'DisplayFact.width': ['宽（像素）', 'Width in pixels'],
  'DisplayFact.height': ['高（像素）', 'Height in pixels'],
  'DisplayFact.repeat': ['播报次数', 'Times spoken'],
  'DisplayFact.languages': ['播报语言', 'Languages spoken'],
  'DeviceFact.kind': ['驱动', 'Driver'],
  'DeviceFact.url': ['地址', 'Address'],
  'DeviceFact.options': ['驱动参数', "Driver's options"],
  'CategoryFact.icon': ['图标', 'Icon'],
  'CategoryFact.articles': ['文章', 'Articles'],
  'Article.title': ['标题', 'Title'],
  'Article.body': ['正文（中文）', 'Text in Chinese'],
  'Article.body_en': ['正文（英文）', 'Text in English'],
};

export const HINTS: Record<string, Pair> = {
  id: [
    '小写字母、数字和 -，群众看不到；保存后不能修改。',
    'Lower-case letters, digits and -; unseen by citizens, fixed once saved.',
  ],
  day_limit: ['0 表示不限。', '0 means without limit.'],
  order: ['数字小的排在前面。', 'Smaller numbers come first.'],
  'Site.public_url': ['留空时使用服务器自己的地址。', "Empty: the server's own address."],
  'Site.area_code': ['GB/T 2260 代码。', 'Code by GB/T 2260.'],
  'QueueFact.series': ['如 A；多个队列可共用。', 'Such as A; queues may share one.'],
  'QueueFact.service_minutes': [
    '系统积累实际数据前使用。',
    'Used until the hall has measured its own.',
  ],
  'ItemFact.queue': [
    '不指定时只显示指南，不能取号。',
    'Without one the kiosk shows the guide only.',
  ],
  'WindowFact.rules': ['都不满足时叫等候最久的。', 'When none applies, the longest wait.'],
  'PriorityFact.kiosk': ['关闭时只能由窗口人员授予。', 'Off: only a clerk grants it.'],
  'PriorityFact.mark': ['如“军”，最多四个字。', 'Up to four characters.'],
  'QueueingRules.overtake_limit': [
    '防止普通群众一直被推后。',
    'So that nobody is put back for ever.',
  ],
  'QueueingRules.recall_limit': ['0 表示不能重呼。', '0 means no recall.'],
  'QueueingRules.tickets_per_person': ['0 表示不限。', '0 means without limit.'],
  'DisplayFact.zones': ['不选表示全部区域。', 'None chosen means all zones.'],
  'DisplayFact.station': [
    '拥有音箱的显示终端；留空为所有打开该页面的终端。',
    'Display station that owns a loudspeaker; empty: any with a page for it.',
  ],
  'DeviceFact.url': [
    '如 tcp://192.168.1.63:9100、serial:///dev/ttyUSB0?baud=9600。',
    'Such as tcp://192.168.1.63:9100 or serial:///dev/ttyUSB0?baud=9600.',
  ],
  'DeviceFact.station': [
    '设备接在哪个终端站上，如 kiosk-1。',
    'The station that owns its cable, such as kiosk-1.',
  ],
  'OpeningFact.always_open': ['仅供演示。', 'For demonstrations only.'],
};

export const CHOICES: Record<string, Pair> = {
  'ItemKind.immediate': ['即办件', 'Done on the spot'],
  'ItemKind.promised': ['承诺件', 'Promised'],
  'ItemKind.joint': ['联办件', 'Joint'],
  'ItemKind.forwarded': ['上报件', 'Forwarded'],
  'ItemKind.returned': ['退回件', 'Returned'],
  'LimitUnit.on_the_spot': ['当场', 'On the spot'],
  'LimitUnit.hour': ['小时', 'Hours'],
  'LimitUnit.working_day': ['工作日', 'Working days'],
  'LimitUnit.calendar_day': ['自然日', 'Calendar days'],
  'RuleKind.longest_wait': ['等候过久', 'Longest wait'],
  'RuleKind.waiting_count': ['等候人数', 'Number waiting'],
  'RuleKind.priority': ['优先类别', 'Priority class'],
  'RuleKind.ratio': ['比例', 'Ratio'],
  'ReasonKind.pause': ['暂停', 'Pause'],
  'ReasonKind.hold': ['挂起', 'Hold'],
  'ReasonKind.choose': ['选呼', 'Chosen call'],
  'ReasonKind.cancel': ['作废', 'Cancel'],
  'ReasonKind.transfer': ['转移', 'Transfer'],
  'ReasonKind.outcome': ['办理结果', 'Outcome'],
  'DisplayKind.wall': ['综合屏', 'Hall screen'],
  'DisplayKind.window': ['窗口屏', 'Window screen'],
  'DisplayKind.guide': ['触摸查询屏', 'Touch guide'],
  'DisplayKind.bar': ['窗口条屏', 'Window bar'],
  'DisplayKind.voice': ['音箱', 'Loudspeaker'],
  'VoiceLanguage.zh': ['普通话', 'Chinese'],
  'VoiceLanguage.en': ['英语', 'English'],
};

const TEXTS: Record<string, Pair> = {
  marquee: ['滚动字幕', 'Marquee'],
  hints: ['提示', 'Hints'],
  ticket_footer: ['票面底部', 'Foot of the ticket'],
  kiosk_notice: ['取号机公告', 'Notice on the kiosk'],
};

function told(pair: Pair | undefined, otherwise: string): string {
  return pair ? pair[language.value === 'en' ? 1 : 0] : otherwise;
}

export const fieldLabel = (owner: string, field: string): string =>
  told(FIELDS[`${owner}.${field}`] ?? FIELDS[field], field);

export const fieldHint = (owner: string, field: string): string =>
  told(HINTS[`${owner}.${field}`] ?? HINTS[field], '');

export const choiceLabel = (shape: string, value: string): string =>
  told(CHOICES[`${shape}.${value}`], value);

export const textLabel = (id: string): string => told(TEXTS[id], id);

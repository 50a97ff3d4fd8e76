// Chinese texts that more than one page shows. The order is that of the glossary.
export const zh = {
  'link.connecting': '正在连接大厅…',
  'link.live': '已连接',
  'link.lost': '与大厅的连接中断，正在重连',
  'link.updated': '更新于 {time}',
  'hall.away': '大厅服务器没有应答，请稍候再试',

  'leg.booked': '已预约',
  'leg.waiting': '等候中',
  'leg.called': '已呼叫',
  'leg.serving': '办理中',
  'leg.held': '已挂起',
  'leg.served': '已办结',
  'leg.transferred': '已转移',
  'leg.no_show': '已过号',
  'leg.cancelled': '已作废',
  'leg.unserved': '未办理',

  'window.closed': '未开放',
  'window.paused': '暂停服务',
  'window.free': '空闲',
  'window.called': '呼叫中',
  'window.serving': '办理中',
  'window.number': '{n} 号窗口',

  'health.unknown': '未知',
  'health.ok': '正常',
  'health.degraded': '需留意',
  'health.fault': '故障',
  'health.offline': '离线',
  'health.disabled': '停用',

  'patience.calm': '正常',
  'patience.long': '偏长',
  'patience.late': '过长',

  'unit.minutes': '{n} 分钟',
  'unit.people': '{n} 人',
  'unit.minute': '分',

  'limit.on_the_spot': '当场办结',
  'limit.hour': '{n} 小时',
  'limit.working_day': '{n} 个工作日',
  'limit.calendar_day': '{n} 天',

  'kind.immediate': '即办件',
  'kind.promised': '承诺件',
  'kind.joint': '联办件',
  'kind.forwarded': '上报件',
  'kind.returned': '退回件',

  'weekday.1': '星期一',
  'weekday.2': '星期二',
  'weekday.3': '星期三',
  'weekday.4': '星期四',
  'weekday.5': '星期五',
  'weekday.6': '星期六',
  'weekday.7': '星期日',

  sample: '示例',
  'party.member': '党员先锋岗',
  'word.yes': '是',
  'word.no': '否',
  'word.confirm': '确定',
  'word.cancel': '取消',
  'word.close': '关闭',
  'word.back': '返回',
  'language.other': 'English',
};

export type SharedKey = keyof typeof zh;

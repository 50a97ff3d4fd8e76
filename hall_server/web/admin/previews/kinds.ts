// Which preview shows what a record will look like to citizens.
import type { Fields } from '../json';
import type { Kind } from '../kinds';

export type PreviewName = 'kiosk' | 'ticket' | 'window' | 'article' | 'week';

export function previewOf(kind: Kind, record: Fields): PreviewName | null {
  switch (kind) {
    case 'items':
      return 'kiosk';
    case 'site':
    case 'queues':
    case 'priorities':
      return 'ticket';
    case 'texts':
      return record['id'] === 'ticket_footer' ? 'ticket' : null;
    case 'staff':
    case 'windows':
      return 'window';
    case 'categories':
      return 'article';
    case 'opening':
      return 'week';
    default:
      return null;
  }
}

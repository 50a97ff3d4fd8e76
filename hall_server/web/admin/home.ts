// Where somebody begins: on the first day with what has to be done first, later with their own work.
import type { AccountView, Role } from '@shared/contract';
import { postRead } from '@shared/http';
import type { ViewName } from './kinds';
import { is } from './session';
import { troubleOf } from './store';

/** Administrators that have to be separate people and are not there yet. */
export function missingRoles(accounts: readonly AccountView[]): Role[] {
  const roles = new Set(accounts.flatMap((one) => (one.enabled ? one.roles : [])));
  return (['security', 'auditor'] as const).filter((role) => !roles.has(role));
}

/** The view to begin with; empty for the first there is. */
export async function home(): Promise<ViewName | ''> {
  if (is('security')) return 'accounts';
  if (is('auditor')) return 'ledger';
  if (!is('administrator')) return '';
  try {
    const { accounts } = await postRead('account.list', {});
    return missingRoles(accounts).length ? 'accounts' : '';
  } catch (error) {
    troubleOf(error); // the view itself will say what is the matter
    return '';
  }
}

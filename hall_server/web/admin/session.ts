// Who sits here: the session that the hall keeps for this browser.
import { shallowRef } from 'vue';
import type { Role, SessionView } from '@shared/contract';
import { postAsk, postRead } from '@shared/http';
import { signIn } from '@shared/session';
import { troubleOf, type Trouble } from './store';

export const session = shallowRef<SessionView | null>(null);
export const sessionTrouble = shallowRef<Trouble>(null);

export async function readSession(): Promise<void> {
  try {
    session.value = await postRead('session.read', {});
    sessionTrouble.value = null;
  } catch (error) {
    sessionTrouble.value = troubleOf(error);
  }
}

export async function enterAs(account: string, password: string): Promise<void> {
  await signIn(account, password);
  await readSession();
}

export async function signOut(): Promise<void> {
  await postAsk('account.sign_out', {});
  await readSession();
}

export async function changePassword(old: string, fresh: string): Promise<void> {
  await postAsk('account.password', { old, new: fresh });
  await readSession();
}

export function is(role: Role): boolean {
  return session.value?.roles.includes(role) ?? false;
}

// Who sits at this page: signing in and out through the HTTP door, which sets the cookie.
import { shallowRef, type ShallowRef } from 'vue';
import type { SessionView } from './contract';
import { postAsk, postRead } from './http';
import { RefusedByHall } from './refused';

const NO_SUCH_PERSON = { zh: '账号或密码不正确', en: 'Account or password is wrong' };

/** Accounts are written small. A name that no account can have is told like a wrong password. */
export async function signIn(account: string, password: string, hallUrl = ''): Promise<void> {
  try {
    const name = account.trim().toLowerCase();
    await postAsk('account.sign_in', { account: name, password }, hallUrl);
  } catch (error) {
    const isForeign = error instanceof RefusedByHall && error.refused.code === 'malformed';
    throw isForeign ? new RefusedByHall({ ...error.refused, ...NO_SUCH_PERSON }) : error;
  }
}

export type SessionState = 'loading' | 'away' | 'out' | 'new_password' | 'in';

export class Session {
  readonly state: ShallowRef<SessionState> = shallowRef('loading');
  readonly view: ShallowRef<SessionView | null> = shallowRef(null);

  constructor(private readonly hallUrl = '') {}

  /** Ask the hall who we are; called at the start and when the hall says "sign in first". */
  async load(): Promise<void> {
    try {
      const view = await postRead('session.read', {}, this.hallUrl);
      this.view.value = view;
      if (!view.account) this.state.value = 'out';
      else this.state.value = view.must_change_password ? 'new_password' : 'in';
    } catch {
      this.state.value = 'away';
    }
  }

  async signIn(account: string, password: string): Promise<void> {
    await signIn(account, password, this.hallUrl);
    await this.load();
  }

  async changePassword(old: string, fresh: string): Promise<void> {
    await postAsk('account.password', { old, new: fresh }, this.hallUrl);
    await this.load();
  }

  async signOut(): Promise<void> {
    try {
      await postAsk('account.sign_out', {}, this.hallUrl);
    } finally {
      await this.load();
    }
  }
}

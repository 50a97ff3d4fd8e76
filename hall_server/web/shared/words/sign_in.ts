// Texts of signing in.
import type { Dictionary } from '../words';

export type SignInKey = keyof typeof zh;

const zh = {
  'sign_in.motto': '便民 · 规范 · 高效 · 廉洁',
  'sign_in.account': '账号',
  'sign_in.password': '密码',
  'sign_in.go': '登录',
  'sign_in.must_change': '这是一次性密码，请设置自己的新密码。',
  'sign_in.one_time': '一次性密码',
  'sign_in.fresh': '新密码',
  'sign_in.again': '再次输入新密码',
  'sign_in.rule': '至少 8 位，含字母、数字、符号中的两种以上，不得与账号相同。',
  'sign_in.differs': '两次输入的新密码不一致',
  'sign_in.change': '设置密码并进入',
};

const en: Record<SignInKey, string> = {
  'sign_in.motto': 'At your service',
  'sign_in.account': 'Account',
  'sign_in.password': 'Password',
  'sign_in.go': 'Sign in',
  'sign_in.must_change': 'This password works once. Please choose one of your own.',
  'sign_in.one_time': 'One-time password',
  'sign_in.fresh': 'New password',
  'sign_in.again': 'New password again',
  'sign_in.rule':
    'At least 8 characters, two of letters, digits and signs, and not the same as the account.',
  'sign_in.differs': 'The two new passwords differ',
  'sign_in.change': 'Set password and enter',
};

export const signInWords: Dictionary<SignInKey> = { zh, en };

// How urgent each state of a window looks.

export const TONES = {
  closed: 'off',
  paused: 'warn',
  free: 'good',
  called: 'wait',
  serving: 'busy',
} as const;

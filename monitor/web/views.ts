// What the supervisor's page can show in the place of the hall.

export type Way = 'cameras' | 'findings' | 'lookback' | 'exports' | 'references' | 'set_up';
export type View = 'hall' | Way;

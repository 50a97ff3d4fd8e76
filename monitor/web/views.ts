// What the supervisor's page can show in the place of the hall.

export type Way = 'cameras' | 'findings' | 'lookback' | 'exports' | 'references';
export type View = 'hall' | Way;

// What the supervisor's page can show in the place of the hall.

export type View = 'hall' | 'cameras' | 'findings' | 'set_up';

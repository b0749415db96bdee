export type Reader = {
  /** How far it is. */
  position: number;
  read: (size: number) => string | null;
};

export const EMPTY = '';

export type Reader = {
  /** How far it is. */
  position: number;
  read: (size: number) => string;
};

export const EMPTY = '';

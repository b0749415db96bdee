import {
  open,
  close,
  lock,
} from './door';

open();

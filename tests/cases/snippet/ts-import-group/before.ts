import {
  open,
  close,
} from './door';

open();

import { Lamp } from './lamp';

export interface LampProps {
  brightness: number;
}

declare class Dimmer extends Lamp<LampProps> {}

declare module './registry' {
  interface Registered {
    Dimmer: Lamp<LampProps>;
  }
}

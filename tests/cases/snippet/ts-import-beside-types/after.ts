import { isShut, openGate } from '@farm/gates'
import { count } from './count'
import type {
  Fence,
  Gate,
  Meadow,
} from '@farm/gates'

export function walk(gate: Gate, fence: Fence): Meadow {
  if (isShut(gate)) throw new Error('shut')
  return openGate(gate, count(fence))
}

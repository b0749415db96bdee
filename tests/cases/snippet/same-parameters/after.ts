import { brew } from './brew'

export function makeTea<
  TLeaf,
  TWater,
>(
  leaf: TLeaf,
  water: TWater,
  minutes: number,
): Cup<TLeaf> {
  const pot = brew(leaf, water)
  pot.wait(minutes)
  pot.stir()
  return pot.pour()
}

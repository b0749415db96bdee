export function weigh(parcel, scale) {
  const weight = scale.read(parcel, { precise: true, unit: "g" });
  if (weight > LIMIT) {
    throw new TooHeavy(parcel, weight);
  }
  return weight;
}

export const weightOf = (crate: Crate) =>
  crate.parcels.reduce((sum, parcel) => sum + parcel.grams * parcel.count, 0);

export const isFull = (crate: Crate) => weightOf(crate) > crate.limit;

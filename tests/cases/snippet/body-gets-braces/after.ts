export const weightOf = (crate: Crate) => {
  const parcels = crate.parcels.reduce((sum, parcel) => sum + parcel.grams * parcel.count, 0);
  return crate.lid ? parcels + crate.lid.grams : parcels;
};

export const isFull = (crate: Crate) => weightOf(crate) > crate.limit;

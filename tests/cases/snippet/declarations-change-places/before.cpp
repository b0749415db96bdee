void list_guests(Hotel& hotel, Desk& desk) {
  if (hotel.is_closed()) {
    return;
  }
  int guests[64];
  const int guest_count = 64;
  int actual = hotel.guests_of_today(guests, guest_count, nullptr);

  for (unsigned i = 0; i < actual; i++) {
    desk.show(guests[i]);
  }
}

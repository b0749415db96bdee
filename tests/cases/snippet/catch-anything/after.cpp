void Mill::grind(Sack &sack) {
    try {
        turn(sack);
    } catch (...) {
        stop();
        report(sack);
    }
}

void Mill::grind(Sack &sack) {
    try {
        turn(sack);
    } catch (const StoneError &error) {
        stop();
        report(sack);
    }
}

export class Kiln {
  heat(pots: Pot[]): Report {
    const report = new Report();
    report.kiln = this.name;
    report.shelf = ANY;

    // Glazed pots must not touch each other
    if (pots.some((pot) => pot.glazed)) {
      const shelf = this.shelves[0];
      if (!shelf.isEmpty()) {
        report.shelf = shelf.number;
      }
    }

    return report;
  }
}

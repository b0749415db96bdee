export class Scale {
  private rows: Row[] = [];

  read(): Row[] {
    return this.rows;
  }

  tare(weight: number): void {
    this.empty = weight;
  }

  // Weight of all rows
  weigh(): number {
    let sum = 0;
    for (const row of this.rows) {
      sum += row.weight;
    }
    return sum - this.empty;
  }
}

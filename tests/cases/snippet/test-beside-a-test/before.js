export class Ferry {
  board(group) {
    if (this.status !== 'docked') {
      throw new BoardingError('Only a docked ferry can be boarded');
    }
    this.log.write(group.name, 'boards');
    this.seats -= group.size;
  }
}

export class Ferry {
  board(group) {
    if (this.status !== 'docked') {
      throw new BoardingError('Only a docked ferry can be boarded');
    }
    if (this.crew.length < 2) {
      throw new BoardingError('A ferry with no crew can not be boarded');
    }
    this.log.write(group.name, 'boards');
    this.seats -= group.size;
  }
}

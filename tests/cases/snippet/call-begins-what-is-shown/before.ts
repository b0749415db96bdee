export function relay(source: Feed, sink: Feed) {
  const entries: Entry[] = [];

  const push = (entry: Entry) => {
    entries.push(entry);
    sink.next(entry);
  };

  const stop = (error?: unknown) => {
    while (entries.length > 0) {
      sink.drop(entries.pop());
    }
    sink.complete(error);
    sink.unsubscribe();
  };

  source.open(push, stop);
  return entries;
}

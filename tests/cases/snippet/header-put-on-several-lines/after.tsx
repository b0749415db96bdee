export function Board({
  id,
  locked = false,
  sizes = SIZES,
}: BoardProps) {
  const [tasks, setTasks] = useState<Task[]>([]);

  useEffect(() => {
    load(id).then(setTasks);
  }, [id]);

  return <List tasks={tasks} locked={locked} />;
}

def main() -> None:
    """Run the benchmark."""
    given = options().parse_args()
    results = Results(machine())
    with opened(given.model) as model:
        run_all(model, given.folders, results)
    show(results)
    if given.out is not None:
        results.write(given.out)


if __name__ == "__main__":
    main()

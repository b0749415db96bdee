from shop import stock, tools

tools.register("weigh", size=3, slow=True)
tools.register("count", size=4, slow=False)
tools.register("sorts", size=9, slow=False)
tools.register("label", size=5, slow=True)

crates = stock.load("crates")
if tools.noisy:
    print(len(crates))

stock.save(crates)

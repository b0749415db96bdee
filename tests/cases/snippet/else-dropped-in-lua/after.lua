local function joined(self, other)
    local kind = getmetatable(other)
    if kind == Basket or kind == Crate then
        return Basket.union(self, other)
    end
    local new = Basket(self)
    new[other] = true
    return new
end

Basket.__add = joined

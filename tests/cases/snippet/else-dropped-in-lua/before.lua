local function joined(self, other)
    local kind = getmetatable(other)
    if kind == Basket or kind == Crate then
        return Basket.union(self, other)
    else
        local new = Basket(self)
        new[other] = true
        return new
    end
end

Basket.__add = joined

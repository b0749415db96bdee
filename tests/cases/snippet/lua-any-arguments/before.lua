local Pile = {}

local function several(self, ...)
    local args = {...}
    for i = 1, #args do
        insert(self.leaves, args[i])
    end
end

function Pile:put(first, second, ...)
    if second then
        several(self, first, second, ...)
    else
        insert(self.leaves, first)
    end
end

return Pile

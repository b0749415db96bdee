local Pile = {}

function Pile:put(...)
    for i = 1, select('#', ...) do
        insert(self.leaves, (select(i, ...)))
    end
end

return Pile

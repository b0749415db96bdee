local shapes = {}

function shapes.square(side)
  return side * side
end

function shapes.cube(side)
  return side * shapes.square(side)
end

return shapes

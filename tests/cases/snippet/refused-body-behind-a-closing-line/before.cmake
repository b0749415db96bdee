foreach(kind ${KINDS})
  if(NORTH)
    list(APPEND SEARCH_FOLDERS
        "north/${kind}/lib")
    list(APPEND HEADER_FOLDERS
        "north/${kind}/include")
  endif()
  if(SOUTH)
    list(APPEND SEARCH_FOLDERS
        "south/${kind}/lib")
  endif()
endforeach()

Parcel.new do |parcel|
  parcel.name     = "lamp"
  parcel.settings = {
                      "fragile" => "YES",
                      "wrapping" => "paper",
                      "weight" => "2 kg"
                    }
end

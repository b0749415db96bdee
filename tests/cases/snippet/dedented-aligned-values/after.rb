Parcel.new do |parcel|
  parcel.name     = "lamp"
  parcel.settings = {
                      "fragile" => "YES",
                      "wrapping" => "foam",
                      "weight" => "2 kg"
                    }
end

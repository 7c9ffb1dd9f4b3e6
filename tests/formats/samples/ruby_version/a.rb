module A
  VERSION = "1.2.3"
end

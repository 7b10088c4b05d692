Console.WriteLine("secure-recorder");

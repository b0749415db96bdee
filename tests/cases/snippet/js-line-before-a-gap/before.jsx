import { useState } from "react";
import { Button } from "./Button";
import "./App.css";

const PAGES = ["home", "about"];

function Nav({ page, onPage }) {
  return (
    <nav>
      {PAGES.map((name) => (
        <Button key={name} active={name === page} onClick={() => onPage(name)}>
          {name}
        </Button>
      ))}
    </nav>
  );
}

export default function App() {
  const [page, setPage] = useState("home");
  const [user, setUser] = useState(null);

  const logout = () => {
    setUser(null);
    setPage("home");
  };

  return (
    <div className="app">
      <header>
        <h1>Acme</h1>
        <Nav page={page} onPage={setPage} />
      </header>
      <main>{page === "home" ? <Home /> : <About />}</main>
      {user && <button onClick={logout}>Log out</button>}
    </div>
  );
}

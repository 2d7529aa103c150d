/* Draws the service map from the data of the page. Text enters as text nodes only. */
"use strict";
function xygeoDraw(map) {
  var data = JSON.parse(document.getElementById("xygeo-data").textContent);
  var look = data.look;
  var shapes = 0;
  var towns = {};
  var villages = {};
  var facilities = {};

  /* Whole hundred-thousandths of a degree, each the step from the one before. */
  function points(steps) {
    var found = [];
    var lat = 0;
    var lon = 0;
    for (var i = 0; i < steps.length; i += 2) {
      lat += steps[i];
      lon += steps[i + 1];
      found.push([lat / 1e5, lon / 1e5]);
    }
    return found;
  }
  function polygons(rings) {
    return rings.map(function (polygon) { return polygon.map(points); });
  }
  function element(tag, name, text) {
    var made = document.createElement(tag);
    if (name) { made.className = name; }
    if (text !== undefined) { made.textContent = text; }
    return made;
  }
  function card(title, facts) {
    var box = element("div", "card");
    box.appendChild(element("strong", "", title));
    var list = element("dl");
    facts.forEach(function (fact) {
      list.appendChild(element("dt", "", fact[0]));
      list.appendChild(element("dd", "", fact[1]));
    });
    if (facts.length) { box.appendChild(list); }
    return box;
  }

  /* One pane and one drawing a layer, from the ground up. */
  var panes = {};
  ["towns", "circle", "roads", "borders", "villages"].forEach(function (name, place) {
    map.createPane(name).style.zIndex = 300 + 10 * place;
    panes[name] = { pane: name, renderer: L.svg({ pane: name, padding: 0.5 }) };
  });
  ["roads", "borders"].forEach(function (name) { map.getPane(name).style.pointerEvents = "none"; });
  map.createPane("labels").style.zIndex = 640;
  map.getPane("labels").style.pointerEvents = "none";
  function drawn(pane, options) { return L.extend({}, panes[pane], options); }

  var layers = {
    towns: L.layerGroup(), circle: L.layerGroup(), roads: L.layerGroup(), gaps: L.layerGroup(),
    covered: L.layerGroup(), facilities: L.layerGroup(), labels: L.layerGroup()
  };

  /* County and towns. */
  if (data.county.length) {
    var border = polygons(data.county);
    if (look.band) {
      L.polygon(border, drawn("borders", {
        color: look.band.color, weight: look.band.width, fill: false, interactive: false, opacity: 0.75
      })).addTo(map);
    }
    L.polygon(border, drawn("borders", {
      color: look.county.color, weight: look.county.width, dashArray: look.county.dash,
      fill: false, interactive: false
    })).addTo(map);
    shapes += 1;
  }
  function plain(town) {
    town.layer.setStyle({ fillColor: town.tint, fillOpacity: 0.9 });
    town.edge.setStyle({ color: look.township.color, weight: look.township.width, dashArray: look.township.dash });
  }
  function lit(town) {
    town.layer.setStyle({ fillOpacity: 1 });
    town.edge.setStyle({ color: look.county.color, weight: 3, dashArray: "" });
    town.edge.bringToFront();
  }
  data.towns.forEach(function (town) {
    var rings = polygons(town.rings);
    town.layer = L.polygon(rings, drawn("towns", { stroke: false }));
    town.edge = L.polygon(rings, drawn("borders", { fill: false, interactive: false }));
    plain(town);
    town.layer.bindTooltip(card(town.name, town.facts), { sticky: true, className: "tip" });
    town.layer.on("mouseover", function () { mark(town.code, true); });
    town.layer.on("mouseout", function () { mark(town.code, false); });
    layers.towns.addLayer(town.layer).addLayer(town.edge);
    towns[town.code] = town;
    shapes += 1;
  });

  /* Circles and roads. */
  data.circle.forEach(function (polygon) {
    L.polygon(polygon.map(points), drawn("circle", {
      color: look.circle.color, weight: look.circle.width, fillColor: look.circle.fill,
      fillOpacity: look.circle.opacity, interactive: false
    })).addTo(layers.circle);
  });
  data.roads.slice().reverse().forEach(function (lines, place) {
    var road = look.roads[data.roads.length - 1 - place];
    if (!lines.length) { return; }
    L.polyline(lines.map(points), drawn("roads", {
      color: road.color, weight: road.width, dashArray: road.dash, interactive: false, opacity: 0.85,
      smoothFactor: 1
    })).addTo(layers.roads);
  });

  /* Villages: the smaller a dot, the later it is drawn. */
  data.villages.slice().sort(function (a, b) {
    return look.dots[b.key].size - look.dots[a.key].size;
  }).forEach(function (village) {
    var dot = look.dots[village.key];
    village.layer = L.circleMarker(village.at, drawn("villages", {
      radius: dot.size / 2, color: dot.outline, weight: 1, fillColor: dot.fill, fillOpacity: 0.95
    }));
    var words = card(village.name, village.facts);
    village.layer.bindTooltip(words, { className: "tip" }).bindPopup(words.cloneNode(true));
    village.gap = village.key.indexOf("gap.") === 0;
    layers[village.gap ? "gaps" : "covered"].addLayer(village.layer);
    villages[village.code] = village;
    shapes += 1;
  });

  /* Facilities, reached by keyboard too. */
  data.facilities.forEach(function (place) {
    var symbol = data.symbols[place.key];
    var icon = element("span", "symbol");
    icon.innerHTML = symbol.svg;
    place.layer = L.marker(place.at, {
      icon: L.divIcon({ className: "facility", html: icon, iconSize: [symbol.size, symbol.size] }),
      riseOnHover: true, keyboard: true
    });
    place.layer.on("add", function () {
      var made = place.layer.getElement();
      made.setAttribute("aria-label", place.name + "，" + place.facts[0][1]);
    });
    var words = card(place.name, place.facts);
    place.layer.bindTooltip(words, { className: "tip" }).bindPopup(words.cloneNode(true));
    layers.facilities.addLayer(place.layer);
    facilities[place.id] = place;
    shapes += 1;
  });

  /* Names that do not touch: towns always, facilities and villages when there is room. */
  function sign(at, name, text, shift) {
    return L.marker(at, {
      pane: "labels", interactive: false, keyboard: false,
      icon: L.divIcon({ className: "label " + name, html: element("span", "", text), iconSize: [0, 0], iconAnchor: shift || [0, 0] })
    });
  }
  function boxAround(at, width, height, dx, dy) {
    var middle = map.latLngToContainerPoint(at);
    return [middle.x + dx - width / 2, middle.y + dy - height / 2, middle.x + dx + width / 2, middle.y + dy + height / 2];
  }
  function free(box, taken) {
    return taken.every(function (other) {
      return box[2] < other[0] || box[0] > other[2] || box[3] < other[1] || box[1] > other[3];
    });
  }
  function place(entry, name, letter, taken) {
    var width = entry.name.length * letter + 4;
    var height = letter * 1.35;
    var beside = entry.size / 2 + width / 2 + 1;
    var over = entry.size / 2 + height / 2 + 1;
    var tries = [[beside, 0], [-beside, 0], [0, -over], [0, over]];
    for (var i = 0; i < tries.length; i += 1) {
      var box = boxAround(entry.at, width, height, tries[i][0], tries[i][1]);
      if (free(box, taken)) {
        taken.push(box);
        layers.labels.addLayer(sign(entry.at, name, entry.name, [-tries[i][0], -tries[i][1]]));
        return;
      }
    }
  }
  function shown(entries) {
    var view = map.getBounds();
    return entries.filter(function (entry) { return map.hasLayer(entry.layer) && view.contains(entry.at); });
  }
  function label() {
    layers.labels.clearLayers();
    var taken = [];
    var zoom = map.getZoom();
    data.towns.forEach(function (town) {
      var large = zoom < 13;
      layers.labels.addLayer(sign(town.label, large ? "town" : "town far", town.name));
      taken.push(boxAround(town.label, town.name.length * 16 + 8, 24, 0, 0));
    });
    var places = shown(data.facilities);
    var dots = shown(data.villages);
    places.forEach(function (entry) {
      entry.size = data.symbols[entry.key].size;
      taken.push(boxAround(entry.at, entry.size - 4, entry.size - 4, 0, 0));
    });
    dots.forEach(function (entry) { entry.size = look.dots[entry.key].size; });
    if (zoom >= 13) {
      places.forEach(function (entry) { place(entry, "of-facility", 12, taken); });
    }
    if (zoom >= 12) {
      dots.sort(function (a, b) { return b.size - a.size; });
      dots.forEach(function (entry) { place(entry, "of-village", 11, taken); });
    }
  }

  /* Controls in Chinese. */
  L.control.zoom({ position: "bottomright", zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
  var Home = L.Control.extend({
    onAdd: function () {
      var box = L.DomUtil.create("div", "leaflet-bar home");
      var button = L.DomUtil.create("button", "", box);
      button.type = "button";
      button.textContent = "全图";
      button.title = "显示全部范围";
      L.DomEvent.disableClickPropagation(box).on(button, "click", home);
      return box;
    }
  });
  new Home({ position: "bottomright" }).addTo(map);
  var Scale = L.Control.Scale.extend({
    _updateMetric: function (most) {
      var metres = this._getRoundNum(most);
      var text = metres < 1000 ? metres + " 米" : metres / 1000 + " 公里";
      this._updateScale(this._mScale, text, metres / most);
    }
  });
  new Scale({ position: "bottomleft", imperial: false, maxWidth: 140 }).addTo(map);
  var credit = L.control.attribution({ position: "bottomright", prefix: false }).addTo(map);
  data.attributions.forEach(function (line) {
    credit.addAttribution(element("i", "", line).innerHTML);
  });
  var names = {
    towns: "乡镇", circle: "服务圈", roads: "道路", gaps: "未覆盖的村", covered: "其他村",
    facilities: "养老服务设施", labels: "名称"
  };
  var choices = {};
  Object.keys(names).forEach(function (key) {
    layers[key].addTo(map);
    if (key === "labels" || layers[key].getLayers().length) { choices[names[key]] = layers[key]; }
  });
  var chooser = L.control.layers(null, choices, { position: "topright", collapsed: true }).addTo(map);
  var toggle = chooser.getContainer().querySelector(".leaflet-control-layers-toggle");
  toggle.title = "图层";
  toggle.setAttribute("aria-label", "图层");
  toggle.textContent = "图层";

  /* Table and map light each other. */
  function mark(code, on) {
    if (towns[code]) { (on ? lit : plain)(towns[code]); }
    var row = document.querySelector('tr[data-code="' + code + '"]');
    if (row) { row.classList.toggle("lit", on); }
  }
  function show(entry) {
    if (entry.rings) {
      map.fitBounds(entry.layer.getBounds(), { padding: [20, 20] });
      return;
    }
    map.setView(entry.at, Math.max(map.getZoom(), 14));
    entry.layer.openPopup();
  }
  document.querySelectorAll("tr[data-code], tr[data-facility]").forEach(function (row) {
    var code = row.getAttribute("data-code");
    var entry = code ? towns[code] || villages[code] : facilities[row.getAttribute("data-facility")];
    var button = row.querySelector("button");
    if (!button) { return; }
    if (!entry) {
      button.replaceWith(document.createTextNode(button.textContent));
      return;
    }
    button.title = "在地图上显示";
    button.addEventListener("click", function () { show(entry); });
    if (!code) { return; }
    row.addEventListener("mouseenter", function () { mark(code, true); });
    row.addEventListener("mouseleave", function () { mark(code, false); });
    button.addEventListener("focus", function () { mark(code, true); });
    button.addEventListener("blur", function () { mark(code, false); });
  });

  /* Where to look, on screen and on paper. */
  function home() { map.fitBounds(data.bounds, { padding: [14, 14], animate: false }); }
  var container = map.getContainer();
  container.setAttribute("role", "application");
  container.setAttribute("aria-label", "地图：方向键移动，加号和减号缩放，Tab 键到设施");
  map.setMaxZoom(18);
  home();
  map.setMinZoom(Math.max(0, Math.floor(map.getZoom()) - 1));
  map.on("zoomend moveend layeradd layerremove", function (event) {
    if (event.type.indexOf("layer") === 0 && Object.keys(layers).every(function (key) { return layers[key] !== event.layer; })) { return; }
    if (map.hasLayer(layers.labels)) { label(); }
  });
  label();
  var closed = [];
  function paper(on) {
    if (on) {
      closed = Array.prototype.filter.call(document.querySelectorAll("details"), function (one) { return !one.open; });
      closed.forEach(function (one) { one.open = true; });
    } else {
      closed.forEach(function (one) { one.open = false; });
    }
    map.invalidateSize({ animate: false, pan: false });
    home();
  }
  window.matchMedia("print").addListener(function (change) { paper(change.matches); });
  if (window.matchMedia("(max-width: 699px)").matches) {
    document.querySelector("details.legend").open = false;
  }
  shapes += data.circle.length ? 1 : 0;
  document.body.dataset.shapes = String(shapes);
  document.body.dataset.state = "ready";
}

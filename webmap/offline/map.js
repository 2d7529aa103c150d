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

  /* The same card under the pointer and, to stay, on a click or Enter. */
  function explain(layer, words) {
    layer.bindTooltip(words, { className: "tip" }).bindPopup(words.cloneNode(true));
    layer.on("popupopen", function () { layer.closeTooltip(); });
  }

  /* One canvas for all shapes: many times smoother than SVG where there is no graphics card.
     `stack` is their order from the ground up; a layer switched on again goes back to its place. */
  var canvas = L.canvas({ padding: 0.3, tolerance: 4 });
  var stack = [];
  function draw(shape, group) {
    stack.push(shape);
    group.addLayer(shape);
    return shape;
  }
  function restack() {
    stack.forEach(function (shape) { if (map.hasLayer(shape)) { shape.bringToFront(); } });
  }

  var layers = {
    towns: L.layerGroup(), reach: L.layerGroup(), circle: L.layerGroup(), roads: L.layerGroup(), gaps: L.layerGroup(),
    covered: L.layerGroup(), facilities: L.layerGroup()
  };

  /* Towns. */
  function plain(town) {
    town.edge.setStyle({
      color: look.township.color, weight: look.township.width, dashArray: look.township.dash
    });
  }
  function lit(town) {
    town.edge.setStyle({ color: look.county.color, weight: 3, dashArray: "" });
  }
  data.towns.forEach(function (town) {
    town.layer = draw(L.polygon(polygons(town.rings), {
      renderer: canvas, stroke: false, fillColor: town.tint, fillOpacity: 1
    }), layers.towns);
    town.layer.bindTooltip(card(town.name, town.facts), { sticky: true, className: "tip" });
    town.layer.on("mouseover", function () { mark(town.code, true); });
    town.layer.on("mouseout", function () { mark(town.code, false); });
    towns[town.code] = town;
    shapes += 1;
  });

  /* Reach of a proposed site, circles and roads. */
  data.reach.forEach(function (area) {
    area.rings.forEach(function (polygon) {
      draw(L.polygon(polygon.map(points), {
        renderer: canvas, stroke: false, fillColor: area.color, fillOpacity: area.opacity,
        interactive: false
      }), layers.reach);
    });
    shapes += 1;
  });
  data.circle.forEach(function (polygon) {
    draw(L.polygon(polygon.map(points), {
      renderer: canvas, color: look.circle.color, weight: look.circle.width,
      fillColor: look.circle.fill, fillOpacity: look.circle.opacity, interactive: false
    }), layers.circle);
  });
  data.roads.slice().reverse().forEach(function (lines, place) {
    var road = look.roads[data.roads.length - 1 - place];
    if (!lines.length) { return; }
    draw(L.polyline(lines.map(points), {
      renderer: canvas, color: road.color, weight: road.width, dashArray: road.dash,
      opacity: 0.85, interactive: false
    }), layers.roads);
  });

  /* Boundaries, the higher above the lower. */
  data.towns.forEach(function (town) {
    town.edge = draw(L.polygon(polygons(town.rings), {
      renderer: canvas, fill: false, interactive: false
    }), layers.towns);
    plain(town);
  });
  if (data.county.length) {
    var border = polygons(data.county);
    [look.band, look.county].forEach(function (line) {
      if (line) {
        draw(L.polygon(border, {
          renderer: canvas, color: line.color, weight: line.width, dashArray: line.dash || "",
          fill: false, interactive: false
        }), map);
      }
    });
    shapes += 1;
  }

  /* Villages: the smaller a dot, the later it is drawn. */
  data.villages.slice().sort(function (a, b) {
    return look.dots[b.key].size - look.dots[a.key].size;
  }).forEach(function (village) {
    var dot = look.dots[village.key];
    var gap = village.key.indexOf("gap.") === 0;
    village.layer = draw(L.circleMarker(village.at, {
      renderer: canvas, radius: dot.size / 2, color: dot.outline, weight: 1,
      fillColor: dot.fill, fillOpacity: 0.95
    }), layers[gap ? "gaps" : "covered"]);
    explain(village.layer, card(village.name, village.facts));
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
    explain(place.layer, card(place.name, place.facts));
    layers.facilities.addLayer(place.layer);
    facilities[place.id] = place;
    shapes += 1;
  });

  /* Dots and symbols shrink when the whole county is small; the legend shrinks with them. */
  var growth = 1;
  function grow() {
    growth = Math.max(0.5, Math.min(1.1, Math.pow(2, 0.4 * (map.getZoom() - 11.5))));
    data.villages.forEach(function (village) {
      village.layer.setRadius(growth * look.dots[village.key].size / 2);
    });
    document.body.style.setProperty("--growth", String(Math.max(0.65, growth)));
    document.querySelectorAll(".legend li").forEach(function (entry) {
      var dot = look.dots[entry.getAttribute("data-key")];
      if (dot) { entry.querySelector("circle").setAttribute("r", String(growth * dot.size / 2)); }
    });
  }

  /* Names that do not touch, on a canvas of their own: towns always, others when there is room. */
  var Names = L.Layer.extend({
    ratio: Math.max(1, window.devicePixelRatio || 1),
    onAdd: function () {
      this._sheet = L.DomUtil.create("canvas", "names leaflet-zoom-hide", map.getPane("labels"));
      this._sheet.setAttribute("aria-hidden", "true");
      map.on("moveend zoomend resize", this.redraw, this);
      this.redraw();
    },
    onRemove: function () {
      map.off("moveend zoomend resize", this.redraw, this);
      this._sheet.remove();
    },
    redraw: function () {
      if (!this._map) { return; }
      var size = map.getSize();
      L.DomUtil.setPosition(this._sheet, map.containerPointToLayerPoint([0, 0]));
      this._sheet.width = size.x * this.ratio;
      this._sheet.height = size.y * this.ratio;
      this._sheet.style.width = size.x + "px";
      this._sheet.style.height = size.y + "px";
      this._pen = this._sheet.getContext("2d");
      this._pen.scale(this.ratio, this.ratio);
      this._pen.textAlign = "center";
      this._pen.textBaseline = "middle";
      this._pen.lineJoin = "round";
      this._taken = [];
      this._place(map.getZoom());
    },
    _place: function (zoom) {
      var taken = this._taken;
      var places = shown(data.facilities, function (key) { return data.symbols[key].size; });
      var dots = shown(data.villages, function (key) { return look.dots[key].size; });
      places.forEach(function (entry) { taken.push(around(entry.point, entry.size, entry.size)); });
      data.towns.forEach(function (town) {
        var letter = zoom < 13 ? look.letters.township : look.letters.far;
        this._name(map.latLngToContainerPoint(town.label), town.name, letter, [
          [0, 0], [0, -17], [0, 17], [0, -30], [0, 30]
        ], true);
      }, this);
      if (zoom >= 13) { places.forEach(function (e) { this._beside(e, look.letters.facility); }, this); }
      if (zoom >= 12) {
        dots.sort(function (a, b) { return b.size - a.size; });
        dots.forEach(function (e) { this._beside(e, look.letters.village); }, this);
      }
    },
    _beside: function (entry, letter) {
      var half = entry.size / 2 + 2;
      var wide = this._width(entry.name, letter) / 2;
      this._name(entry.point, entry.name, letter, [
        [half + wide, 0], [-half - wide, 0], [0, -half - letter.size * 0.6], [0, half + letter.size * 0.6]
      ], false);
    },
    _width: function (text, letter) {
      this._pen.font = letter.weight + " " + letter.size + "px " + fonts;
      return this._pen.measureText(text).width;
    },
    _name: function (point, text, letter, shifts, always) {
      var width = this._width(text, letter) + 4;
      var taken = this._taken;
      var free = shifts.filter(function (shift) {
        var box = around(point.add(shift), width, letter.size * 1.3);
        return taken.every(function (other) {
          return box[2] < other[0] || box[0] > other[2] || box[3] < other[1] || box[1] > other[3];
        });
      })[0] || (always ? shifts[0] : null);
      if (!free) { return; }
      var middle = point.add(free);
      taken.push(around(middle, width, letter.size * 1.3));
      this._pen.globalAlpha = letter.opacity;
      this._pen.strokeStyle = look.halo;
      this._pen.lineWidth = 3;
      this._pen.strokeText(text, middle.x, middle.y);
      this._pen.fillStyle = letter.color;
      this._pen.fillText(text, middle.x, middle.y);
    }
  });
  function around(middle, width, height) {
    return [middle.x - width / 2, middle.y - height / 2, middle.x + width / 2, middle.y + height / 2];
  }
  function shown(entries, size) {
    var view = map.getBounds();
    return entries.filter(function (entry) {
      return map.hasLayer(entry.layer) && view.contains(entry.at);
    }).map(function (entry) {
      return {
        name: entry.name, size: growth * size(entry.key), point: map.latLngToContainerPoint(entry.at)
      };
    });
  }
  var fonts = getComputedStyle(document.body).fontFamily;
  map.createPane("labels").style.zIndex = 640;
  map.getPane("labels").style.pointerEvents = "none";
  layers.labels = new Names();

  /* Controls in Chinese; the first added stands lowest. */
  var credit = L.control.attribution({ position: "bottomright", prefix: false }).addTo(map);
  data.attributions.forEach(function (line) {
    credit.addAttribution(element("i", "", line).innerHTML);
  });
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
  var names = {
    towns: "乡镇", reach: "站址服务圈", circle: "服务圈", roads: "道路", gaps: "未覆盖的村", covered: "其他村",
    facilities: "养老服务设施", labels: "名称"
  };
  var choices = {};
  Object.keys(names).forEach(function (key) {
    layers[key].addTo(map);
    if (key === "labels" || layers[key].getLayers().length) { choices[names[key]] = layers[key]; }
  });
  var chooser = L.control.layers(null, choices, { position: "topleft", collapsed: true }).addTo(map);
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
      fit(entry.layer.getBounds(), true);
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

  /* Where to look, on screen and on paper; the legend lies over the map on a wide screen. */
  var wide = window.matchMedia("screen and (min-width: 900px)");
  function fit(bounds, animate) {
    var legend = document.querySelector("details.legend");
    var over = wide.matches && legend.open ? legend.offsetWidth : 0;
    map.fitBounds(bounds, {
      paddingTopLeft: [14, 14], paddingBottomRight: [14 + over, 14], animate: animate
    });
  }
  function home() { fit(data.bounds, false); }
  var container = map.getContainer();
  container.setAttribute("role", "application");
  container.setAttribute("aria-label", "地图：方向键移动，加号和减号缩放，Tab 键到设施");
  map.setMaxZoom(18);
  if (!wide.matches || container.clientWidth < 800) {
    document.querySelector("details.legend").open = false;
  }
  home();
  grow();
  restack();
  map.setMinZoom(Math.max(0, Math.floor(map.getZoom()) - 1));
  map.on("zoomend", grow);
  map.on("overlayadd overlayremove", function () {
    restack();
    layers.labels.redraw();
  });
  document.fonts.ready.then(function () { layers.labels.redraw(); });
  var closed = [];
  function unfold() {
    closed = Array.prototype.filter.call(document.querySelectorAll("details"), function (one) {
      return !one.open;
    });
    closed.forEach(function (one) { one.open = true; });
  }
  function fold() { closed.forEach(function (one) { one.open = false; }); }
  window.addEventListener("beforeprint", unfold);
  window.addEventListener("afterprint", fold);
  var svg = L.svg({ padding: 0 });
  function paper(on) {
    map.invalidateSize({ animate: false, pan: false });
    home();
    redrawWith(on ? svg : canvas);
    layers.labels.ratio = on ? 3 : Math.max(1, window.devicePixelRatio || 1);
    layers.labels.redraw();
  }
  function redrawWith(renderer) {
    var drawn = stack.filter(function (shape) { return map.hasLayer(shape); });
    drawn.forEach(function (shape) { map.removeLayer(shape); });
    stack.forEach(function (shape) { shape.options.renderer = renderer; });
    drawn.forEach(function (shape) { map.addLayer(shape); });
  }
  window.matchMedia("print").addListener(function (change) { paper(change.matches); });
  shapes += data.circle.length ? 1 : 0;
  document.body.dataset.shapes = String(shapes);
  document.body.dataset.state = "ready";
}
